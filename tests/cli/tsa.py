#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tsa.py FOLDER: a time stamp service on this machine for tests. openssl answers, with tsa.cnf of the folder; the
port stands in FOLDER/port once it listens. Paths: /stamp answers, /other answers another request, /junk answers nonsense,
/silent never."""
import http.server
import os
import subprocess
import sys
import threading

folder = sys.argv[1]


def reply(request):
    with open(os.path.join(folder, 'asked.tsq'), 'wb') as file:
        file.write(request)
    subprocess.run(['openssl', 'ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'asked.tsq', '-out', 'answer.tsr'],
                   cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, 'answer.tsr'), 'rb') as file:
        return file.read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        request = self.rfile.read(int(self.headers['Content-Length']))
        if self.path == '/silent':
            threading.Event().wait()
        if self.path == '/gone':
            self.send_error(503)
            return
        if self.path == '/other':
            with open(os.path.join(folder, 'other.tsq'), 'rb') as file:
                request = file.read()
        answer = b'junk' if self.path == '/junk' else reply(request)
        self.send_response(200)
        self.send_header('Content-Type', 'application/timestamp-reply')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
with open(os.path.join(folder, 'port.new'), 'w') as file:
    file.write(str(server.server_port))
os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
server.serve_forever()
