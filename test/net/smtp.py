# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server for the tests: smtp.py FOLDER MODE [CERT KEY [PORT]].

Prints its port and serves loopback until its standard input ends. MODE is plain, starttls, auth
(STARTTLS and a login), smtps, or raw: one that speaks nonsense, as the sender's name says. What it takes goes into the Maildir FOLDER. The receiver's name
says how it behaves: refuse, later, late, drop, slow, hang (takes it, and says so only the second time);
any other is taken.
"""
import asyncio
import logging
import mailbox
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


# What a client breaks off is a test's own doing.
logging.disable(logging.CRITICAL)


class Handler:
    def __init__(self, folder):
        self.box = mailbox.Maildir(folder)
        self.server = None
        self.hung = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split('@')[0]
        if name == 'refuse':
            return '550 5.1.1 nobody of that name'
        if name == 'later':
            return '451 4.7.1 greylisted, come back later'
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 fine'

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split('@')[0]
        if name == 'late':
            return '554 5.7.1 looked at it and will not have it'
        if name == 'drop':
            server.transport.abort()
            return '250 never said'
        if name == 'slow':
            await asyncio.Event().wait()
        self.box.add(envelope.content)
        if name == 'hang' and not self.hung:
            self.hung = True
            await asyncio.Event().wait()
        return '250 2.0.0 kept as 4711'


def login(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b'desk', b'secret word')
    return AuthResult(success=good, handled=False)


async def nonsense(reader, writer):
    writer.write(b'220 mx.example\r\n')
    await reader.readline()
    writer.write(b'250 mx.example\r\n')
    name = (await reader.readline()).split(b'<')[-1].split(b'@')[0]
    writer.write({b'garbage': b'hello there\r\n', b'endless': b'250-and more\r\n' * 100000,
                  b'early': b'354 go on\r\n', b'wide': b'2' * 100000 + b'\r\n',
                  b'closing': b'421 4.3.2 closing\r\n'}[name])
    try:
        await reader.read()
    except ConnectionError:
        pass
    writer.close()


async def main():
    folder, mode = sys.argv[1:3]
    context = None
    if mode not in ('plain', 'raw'):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
    handler = Handler(folder)

    def session():
        return SMTP(handler, hostname='mx.example', enable_SMTPUTF8=False,
                    tls_context=context if mode in ('starttls', 'auth') else None,
                    require_starttls=mode in ('starttls', 'auth'),
                    authenticator=login if mode == 'auth' else None,
                    auth_required=mode == 'auth')

    loop = asyncio.get_running_loop()
    if mode == 'raw':
        server = await asyncio.start_server(nonsense, '127.0.0.1', 0)
    else:
        port = int(sys.argv[5]) if len(sys.argv) > 5 else 0
        server = await loop.create_server(session, '127.0.0.1', port,
                                          ssl=context if mode == 'smtps' else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
