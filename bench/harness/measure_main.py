"""Runs a command and prints {"code", "wallMs", "cpuMs", "peakBytes"}: what it and the processes that it waited for took.

`measure_main.py COMMAND [ARGUMENT…]`. Node cannot ask for the resources of a child; wait4 can. The peak counts from what
this very process holds, so it is never below about 10 MB.
"""

import json
import os
import signal
import sys
import time

began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
_, status, usage = os.wait4(child, 0)
print(
    json.dumps(
        {
            "code": os.waitstatus_to_exitcode(status),
            "wallMs": (time.perf_counter() - began) * 1_000,
            "cpuMs": (usage.ru_utime + usage.ru_stime) * 1_000,
            "peakBytes": usage.ru_maxrss * 1_024,
        }
    )
)
