#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""https-git.py FOLDER: repositories of the folder over https on this machine, for tests: git http-backend behind a
server with FOLDER/server.pem and server.key. The port stands in FOLDER/port once it listens. /locked/… asks for a
password, /moved/… leads elsewhere, /silent/… never answers."""
import http.server
import os
import ssl
import subprocess
import sys
import threading

folder = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def refuse(self, status, name, value):
        self.send_response(status)
        self.send_header(name, value)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def answer(self):
        if self.path.startswith('/locked/'):
            return self.refuse(401, 'WWW-Authenticate', 'Basic realm="x"')
        if self.path.startswith('/moved/'):
            return self.refuse(302, 'Location', 'http://127.0.0.1:1' + self.path)
        if self.path.startswith('/silent/'):
            threading.Event().wait()
        path, _, query = self.path.partition('?')
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        environment = dict(os.environ, GIT_PROJECT_ROOT=folder, GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path,
                           QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER='x',
                           CONTENT_TYPE=self.headers.get('Content-Type', ''), CONTENT_LENGTH=str(len(body)),
                           HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding', ''),
                           GIT_PROTOCOL=self.headers.get('Git-Protocol', ''))
        done = subprocess.run(['git', 'http-backend'], input=body, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        head, _, content = done.stdout.partition(b'\r\n\r\n')
        fields = dict(line.split(': ', 1) for line in head.decode().split('\r\n') if ': ' in line)
        self.send_response(int(fields.pop('Status', '200').split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, 'server.pem'), os.path.join(folder, 'server.key'))
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(folder, 'port.new'), 'w') as file:
    file.write(str(server.server_port))
os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
server.serve_forever()
