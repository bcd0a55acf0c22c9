"""The same in Python: 16 workers, one session, chunks of 256 KiB, rename when whole: `aiohttp_main.py LIST FOLDER`."""

import asyncio
import os
import sys

import aiohttp

AT_ONCE = 16
CHUNK = 256 * 1024


async def download(session, url, folder):
    file = os.path.join(folder, url.rsplit("/", 1)[1])
    async with session.get(url) as response:
        response.raise_for_status()
        with open(file + ".part", "wb", buffering=0) as part:
            async for chunk in response.content.iter_chunked(CHUNK):
                part.write(chunk)
    os.replace(file + ".part", file)


async def work(session, urls, folder):
    for url in urls:
        await download(session, url, folder)


async def main():
    with open(sys.argv[1]) as lines:
        urls = iter(lines.read().split())
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, read_bufsize=CHUNK) as session:
        await asyncio.gather(*[work(session, urls, sys.argv[2]) for _ in range(AT_ONCE)])


asyncio.run(main())
