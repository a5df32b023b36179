"""An SSH server on loopback that lets everybody in and runs what it is told to. Says its port. Ends with its input, and all that it runs with it."""
import asyncio
import os
import signal
import sys

import asyncssh


class Server(asyncssh.SSHServer):
    def begin_auth(self, username):
        return False  # no need to


async def serve(process):
    child = await asyncio.create_subprocess_shell(
        process.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        await process.redirect(child.stdin, child.stdout, child.stderr)
        ended = asyncio.ensure_future(child.wait())
        await asyncio.wait([ended, asyncio.ensure_future(process.channel.wait_closed())], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            process.exit(ended.result())
    finally:
        if child.returncode is None:  # whoever asked for it has hung up
            os.killpg(child.pid, signal.SIGTERM)


async def main():
    key = asyncssh.generate_private_key('ssh-ed25519')
    server = await asyncssh.listen('127.0.0.1', 0, server_factory=Server, server_host_keys=[key], process_factory=serve)
    print(server.get_port(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
