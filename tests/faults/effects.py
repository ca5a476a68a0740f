# SPDX-License-Identifier: LGPL-2.1-or-later
"""From a system call trace to effects on a file system, and from effects to what a power loss may leave of them.

The model: an inode is a file (bytes) or a folder (name -> inode). Effects are changes of names, of bytes and of sizes,
in the order in which they were done. An effect is durable when a later flush covers it:

  strict    fsync and fdatasync bring the bytes and the size of that file to disk, fsync of a folder its names;
            nothing else is promised, and what is not durable may be lost in any combination
  journal   as ext4 and xfs do: names and sizes reach the disk in the order in which they were changed, and any flush
            brings all earlier ones along; bytes only with a flush of their own file

A write through O_DSYNC or O_SYNC is durable by itself, syncfs makes everything durable. What this module does not know
how to model (shared writable maps, splice) stops it: a trace that is half understood proves nothing."""
import os
import re

CALLS = ('open,openat,creat,close,read,write,pwrite64,writev,pwritev,pwritev2,lseek,fsync,fdatasync,syncfs,sync,'
         'rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,ftruncate,'
         'truncate,fallocate,dup,dup2,dup3,fcntl,mmap,sendfile,copy_file_range,splice,msync,sync_file_range')
UNKNOWN = ('symlink', 'symlinkat', 'fallocate', 'sendfile', 'copy_file_range', 'splice', 'msync', 'sync_file_range',
           'pwritev', 'pwritev2')
LINE = re.compile(r'^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?', re.DOTALL)
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
HANDLE = re.compile(r'(?<![\w"])(AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>')
# LMDB writes its table of readers through a map; after a power loss that file may hold anything
SHARED = ('lock.mdb',)
NAMES = ('name', 'gone', 'move')


class TraceError(Exception):
    """The trace holds what the model does not know."""


def unescape(text):
    return bytes.fromhex(text.replace('\\x', ''))


class Effect:
    """kind: name, gone, move (names); data, size (one file); flush (file or folder), flush-all; answer."""

    def __init__(self, kind, **more):
        self.kind = kind
        self.folders, self.inode, self.durable = (), None, False
        self.__dict__.update(more)

    def __str__(self):
        words = [self.kind] + [str(self.__dict__[key]) for key in ('label', 'offset') if key in self.__dict__]
        if 'data' in self.__dict__:
            words.append(f'{len(self.data)} bytes')
        return ' '.join(words)


class Disk:
    """What is on a disk: inode -> bytes, or name -> inode for a folder. Inode 1 is the top."""

    def __init__(self):
        self.inodes = {1: {}}

    @classmethod
    def read(cls, top):
        self = cls()
        self.add(top, 1)
        return self

    def add(self, path, inode):
        for entry in sorted(os.scandir(path), key=lambda e: e.name):
            child = len(self.inodes) + 1
            self.inodes[inode][entry.name] = child
            if entry.is_dir(follow_symlinks=False):
                self.inodes[child] = {}
                self.add(entry.path, child)
            else:
                with open(entry.path, 'rb') as file:
                    self.inodes[child] = file.read()

    def copy(self):
        other = Disk()
        other.inodes = {key: dict(value) if isinstance(value, dict) else value for key, value in self.inodes.items()}
        return other

    def files(self, inode=1, prefix=''):
        """Yields (path, bytes), and (path, None) for folders, of all that can be reached by name."""
        for name, child in sorted(self.inodes[inode].items()):
            value = self.inodes[child]
            if isinstance(value, dict):
                yield prefix + name, None
                yield from self.files(child, prefix + name + '/')
            else:
                yield prefix + name, value

    def lose(self, effect):
        """The inode is there, only nothing leads to it."""
        if effect.kind == 'name':
            self.inodes.setdefault(effect.inode, {} if effect.is_folder else b'')

    def apply(self, effect, data=None):
        """Does one effect; data stands for its bytes where they are to be others."""
        if effect.kind == 'name':
            self.inodes[effect.folder][effect.name] = effect.inode
            self.inodes.setdefault(effect.inode, {} if effect.is_folder else b'')
        elif effect.kind == 'gone':
            self.inodes[effect.folder].pop(effect.name, None)
        elif effect.kind == 'move':
            if not effect.lingers:
                self.inodes[effect.source].pop(effect.source_name, None)
            self.inodes[effect.folder][effect.name] = effect.inode
            self.inodes.setdefault(effect.inode, b'')
        elif effect.kind == 'data':
            data = effect.data if data is None else data
            value = self.inodes.get(effect.inode, b'')
            value = value.ljust(effect.offset, b'\0')
            self.inodes[effect.inode] = value[:effect.offset] + data + value[effect.offset + len(data):]
        elif effect.kind == 'size':
            self.inodes[effect.inode] = self.inodes.get(effect.inode, b'')[:effect.size].ljust(effect.size, b'\0')


class Recorder:
    """Reads a trace and keeps a live model beside it, so that every call finds its inode."""

    def __init__(self, top):
        self.top = os.path.realpath(top)
        self.live = Disk.read(top)
        self.base = self.live.copy()
        self.last_inode = len(self.live.inodes)
        self.handles = {}  # (process, fd) -> [offset, flags]
        self.effects = []

    def find(self, path):
        """Path -> (folder's inode, name, inode or None); None outside of the top."""
        path = os.path.normpath(path)
        if path == self.top:
            return None, '', 1
        if not path.startswith(self.top + '/'):
            return None
        inode, parts = 1, path[len(self.top) + 1:].split('/')
        for part in parts[:-1]:
            inode = self.live.inodes[inode].get(part)
            if not isinstance(self.live.inodes.get(inode), dict):
                return None
        return inode, parts[-1], self.live.inodes[inode].get(parts[-1])

    def note(self, kind, **more):
        effect = Effect(kind, **more)
        self.effects.append(effect)
        self.live.apply(effect)
        return effect

    def new_name(self, place, path, inode=None, is_folder=False):
        if inode is None:
            self.last_inode += 1
            inode = self.last_inode
        self.note('name', folder=place[0], name=place[1], inode=inode, is_folder=is_folder, folders=(place[0],),
                  label=os.path.relpath(path, self.top))
        return inode

    def write(self, process, fd, path, offset, data):
        place = self.find(path)
        if place is None or place[2] is None:
            return
        handle = self.handles.get((process, fd))
        if handle is None:
            raise TraceError(f'{path} is written through a handle that was not seen to open')
        if offset is None:
            offset = len(self.live.inodes[place[2]]) if 'O_APPEND' in handle[1] else handle[0]
            handle[0] = offset + len(data)
        durable = 'O_DSYNC' in handle[1] or 'O_SYNC' in handle[1]
        self.note('data', inode=place[2], offset=offset, data=data, durable=durable,
                  label=os.path.relpath(path, self.top))

    def do_open(self, process, args, result):
        path, place = args.path(0), self.find(args.path(0))
        if place is None:
            return
        flags = 'O_WRONLY|O_CREAT|O_TRUNC' if args.name == 'creat' else args.text
        inode = place[2]
        if inode is None:
            inode = self.new_name(place, path)
        elif 'O_TRUNC' in flags and self.live.inodes[inode] != b'':
            self.note('size', inode=inode, size=0, label=os.path.relpath(path, self.top))
        self.handles[(process, result)] = [0, flags]

    def do_write(self, process, args, result):
        data = b''.join(args.strings)
        if args.cut:
            raise TraceError('the trace cuts strings')
        path = args.handle_path(0)
        if args.handle(0) == 1 and self.find(path) is None and data.strip():
            self.note('answer', pipe=path)
        offset = int(args.text.rsplit(', ', 1)[1]) if args.name == 'pwrite64' else None
        self.write(process, args.handle(0), path, offset, data[:result])

    def do_rename(self, args):
        source, target = self.find(args.path(0)), self.find(args.path(1))
        if source is None and target is None:
            return
        if source is None or target is None:
            raise TraceError('a file moves in from outside or out')
        self.note('move', source=source[0], source_name=source[1], folder=target[0], name=target[1], inode=source[2],
                  lingers=False, folders=(target[0],), label=os.path.relpath(args.path(1), self.top))

    def do_flush(self, args):
        place = self.find(args.handle_path(0))
        if args.name in ('sync', 'syncfs'):
            self.note('flush-all')
        elif place is not None and place[2] is not None:
            self.note('flush', inode=place[2], label=os.path.relpath(args.handle_path(0), self.top))

    def do_mmap(self, args):
        if 'MAP_SHARED' in args.text and 'PROT_WRITE' in args.text and args.handles:
            path = args.handle_path(0)
            if self.find(path) is not None and os.path.basename(path) not in SHARED:
                raise TraceError(f'{path} is written through a map')

    def do_handle(self, process, args, result):
        """Calls that only change handles."""
        name, fd = args.name, args.handle(0)
        if name == 'close':
            self.handles.pop((process, fd), None)
        elif name in ('dup', 'dup2', 'dup3') or 'F_DUPFD' in args.text:
            if (process, fd) in self.handles:
                self.handles[(process, result)] = self.handles[(process, fd)]
        elif (process, fd) in self.handles and name == 'lseek':
            self.handles[(process, fd)][0] = result
        elif (process, fd) in self.handles and name == 'read':
            self.handles[(process, fd)][0] += result

    def call(self, process, args, result):
        name = args.name
        if name in ('open', 'openat', 'creat'):
            self.do_open(process, args, result)
        elif name in ('write', 'pwrite64', 'writev'):
            self.do_write(process, args, result)
        elif name.startswith('rename'):
            self.do_rename(args)
        elif name.startswith('link'):
            place, old = self.find(args.path(1)), self.find(args.path(0))
            if place is not None:
                self.new_name(place, args.path(1), inode=old[2])
        elif name.startswith('unlink') or name == 'rmdir':
            place = self.find(args.path(0))
            if place is not None:
                self.note('gone', folder=place[0], name=place[1], inode=place[2], folders=(place[0],),
                          label=os.path.relpath(args.path(0), self.top))
        elif name.startswith('mkdir'):
            place = self.find(args.path(0))
            if place is not None:
                self.new_name(place, args.path(0), is_folder=True)
        elif name in ('ftruncate', 'truncate'):
            path = args.handle_path(0) if name == 'ftruncate' else args.path(0)
            place = self.find(path)
            if place is not None:
                self.note('size', inode=place[2], size=int(args.text.rsplit(', ', 1)[1]),
                          label=os.path.relpath(path, self.top))
        elif name in ('fsync', 'fdatasync', 'syncfs', 'sync'):
            self.do_flush(args)
        elif name == 'mmap':
            self.do_mmap(args)
        elif name in UNKNOWN:
            if any(self.find(path) is not None for path in args.all_paths()):
                raise TraceError(f'{name} is not modelled')
        else:
            self.do_handle(process, args, result)

    def read_trace(self, file):
        """Unfinished calls are put together with their ends."""
        begun = {}
        for line in file:
            process, _, rest = line.rstrip('\n').partition(' ')
            rest = rest.lstrip()
            if rest.endswith('<unfinished ...>'):
                begun[process] = rest[:-len('<unfinished ...>')]
                continue
            resumed = re.match(r'<\.\.\. \w+ resumed>(.*)', rest)
            if resumed:
                rest = begun.pop(process, '') + resumed.group(1)
            match = LINE.match(f'{process} {rest}')
            if match and int(match.group(4)) >= 0:
                self.call(process, Arguments(match.group(2), match.group(3)), int(match.group(4)))
        # what the programs say that ours runs is no answer to anybody; ours has the last word
        last = next((effect.pipe for effect in reversed(self.effects) if effect.kind == 'answer'), None)
        self.effects = [effect for effect in self.effects if effect.kind != 'answer' or effect.pipe == last]
        return self.effects


class Arguments:
    """The arguments of one call as strace prints them with -y -xx."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        found = STRING.findall(text)
        self.strings = [unescape(string) for string, _ in found]
        self.cut = any(dots for _, dots in found)
        self.handles = [(fd, unescape(path).decode(errors='replace')) for fd, path in HANDLE.findall(text)]

    def handle(self, index):
        match = re.match(r'(\d+)', self.text) if index == 0 else None
        return int(match.group(1)) if match else -1

    def handle_path(self, index):
        return self.handles[index][1] if len(self.handles) > index else ''

    def path(self, index):
        """The index-th path, made absolute by the folder handle that stands before it."""
        path = self.strings[index].decode(errors='replace')
        if path.startswith('/'):
            return path
        folders = [handle for handle in self.handles]
        folder = folders[min(index, len(folders) - 1)][1] if folders else os.getcwd()
        return os.path.join(folder, path)

    def all_paths(self):
        yield from (path for _, path in self.handles)


def find_pending(effects, journal):
    """For each moment (so many effects done): the effects that a power loss may take back."""
    pending, moments = [], [[]]
    for effect in effects:
        if effect.kind in ('flush', 'flush-all'):
            pending = [old for old in pending if not is_flushed(old, effect, journal)]
        elif effect.kind != 'answer' and not effect.durable:
            pending = pending + [effect]
        moments.append(pending)
    return moments


def is_flushed(old, flush, journal):
    if flush.kind == 'flush-all':
        return True
    if old.kind in NAMES:
        return journal or flush.inode in old.folders
    return old.inode == flush.inode or (journal and old.kind == 'size')
