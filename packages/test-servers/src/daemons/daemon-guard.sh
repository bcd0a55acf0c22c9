# Runs a server and ends with it, in a process group of its own: `sh daemon-guard.sh FOLDER PROGRAM ARGUMENTS...`
#
# Says the server's process id on its output, and `ended` when the server has ended. When its input ends, because the test
# closed it or the process that started it is gone, the server is told to end; after three seconds it is made to. Whatever
# else it started goes with it, and FOLDER.
folder=$1
shift
exec 3<&0
"$@" </dev/null >"$folder/output" 2>&1 3<&- &
daemon=$!
# A server that ends tells its whole process group so; and nobody may be left to hear of it.
trap '' TERM INT HUP PIPE
echo "$daemon"
{
  read -r _ <&3
  # Some miss a signal that comes while they are about to wait for work.
  for _ in 1 2 3 4 5 6; do
    kill -TERM "$daemon"
    sleep 0.5
  done
  kill -KILL "$daemon"
} >/dev/null &
wait "$daemon"
kill -KILL -- "-$daemon" 2>/dev/null
echo ended
read -r _ <&3
rm -rf "$folder"
kill -KILL 0
