"""Threads, thread pools, locks and waits: exact kinds, counts, order, status and lines."""
import unittest

from support import TracedCase


class ThreadTest(TracedCase):
    def test_threads_are_tasks_when_user_code_starts_them(self):
        outcome = self.run_code(
            'import threading, time\n'
            'def work(n):\n'
            '    time.sleep(0.01)\n'
            '    threading.current_thread().name = "named late" if n else "kept"\n'
            'threads = [threading.Thread(target=work, args=(n,), name="kept") for n in range(2)]\n'
            'for thread in threads:\n'
            '    thread.start()\n'
            'for thread in threads: thread.join()\n'
            'class Own(threading.Thread):\n'
            '    def run(self): raise SystemExit\n'
            'own = Own(); own.start(); own.join()\n'
        )
        main = outcome.main
        starts = main.of('threadStart')
        self.assertEqual([main.fn(each, 'aux2')[1:] for each in starts], [(2, 'work'), (2, 'work'), (10, 'Own.run')])
        self.assertEqual([main.site(each)[1] for each in starts], [7, 7, 11])
        self.assertEqual([each['flags'] for each in starts], [1, 1, 1])
        threads = {each['obj']: each for each in main.of('thread')}
        self.assertEqual(len(threads), 3)
        names = [main.text(threads[each['obj']]['aux']) for each in starts]
        self.assertEqual(names[:2], ['kept', 'named late'])
        for start in starts:
            thread = threads[start['obj']]
            self.assertLessEqual(start['t0'], thread['t0'])
            self.assertGreater(thread['t1'], thread['t0'])
            self.assertEqual(thread['flags'], 1)
            self.assertNotEqual(thread['tid'], main.pid)
        self.assertEqual(len({each['tid'] for each in threads.values()}), 3)
        self.assertEqual(main.waits('sleep'), [('sleep', 'sleep', 3)] * 2)
        self.assertEqual(main.waits('join')[0], ('join', 'Thread.join', 8))
        self.assertEqual(main.waits('event'), [], 'waiting for a thread to come up is no news')

    def test_failing_thread(self):
        path = self.folder + '/program.py'
        with open(path, 'w') as file:
            file.write('import threading\ndef work(): 1 / 0\nt = threading.Thread(target=work); t.start(); t.join()\n')
        import sys

        outcome = self.run_traced([sys.executable, path])
        self.assertEqual([each['flags'] for each in outcome.main.of('thread')], [2])
        self.assertIn('ZeroDivisionError', outcome.stderr)
        self.assertNotIn('_run_in_parallel', outcome.stderr)

    def test_short_threads_share_chunks(self):
        outcome = self.run_code(
            'import threading\n'
            'for n in range(300):\n'
            '    t = threading.Thread(target=int); t.start(); t.join()\n'
        )
        threads = outcome.main.of('thread')
        self.assertEqual(len(threads), 300)
        self.assertTrue(all(each['t1'] for each in threads))
        chunks = {each['position'] // 16384 for each in outcome.main.records}
        self.assertLess(len(chunks), 20)

    def test_thread_pool(self):
        outcome = self.run_code(
            'import time\n'
            'from concurrent.futures import ThreadPoolExecutor, wait\n'
            'def work(n):\n'
            '    time.sleep(0.05)\n'
            '    if n == 3: raise ValueError(n)\n'
            'with ThreadPoolExecutor(max_workers=2) as pool:\n'
            '    futures = [\n'
            '        pool.submit(work, n) for n in range(6)]\n'
            '    assert futures[5].cancel()\n'
            '    wait(futures)\n'
        )
        main = outcome.main
        (pool,) = main.of('pool')
        self.assertEqual((main.text(pool['aux']), pool['aux2'], main.site(pool)[1]), ('ThreadPoolExecutor', 2, 6))
        queued = main.of('taskQueued')
        self.assertEqual([main.site(each)[1] for each in queued], [8] * 6)
        self.assertEqual({each['obj'] for each in queued}, {pool['obj']})
        tasks = {each['obj']: each for each in main.of('task')}
        self.assertEqual(set(tasks), {each['position'] for each in queued})
        self.assertEqual([tasks[each['position']]['flags'] & 15 for each in queued], [1, 1, 1, 2, 1, 3])
        self.assertEqual({each['flags'] >> 4 for each in tasks.values()}, {2})
        self.assertEqual({main.fn(each)[1:] for each in tasks.values()}, {(3, 'work')})
        for each in queued:
            task = tasks[each['position']]
            self.assertEqual(task['aux2'], main.pid)
            self.assertEqual(each['t1'], task['t0'], 'queued until it starts')
            self.assertGreaterEqual(task['t1'], task['t0'])
        workers = {task['tid'] for task in tasks.values() if task['flags'] & 15 != 3}
        self.assertEqual(len(workers), 2)
        self.assertIn(('result', 'wait', 10), main.waits())
        self.assertTrue(main.of('idle'))
        self.assertTrue({each['tid'] for each in main.of('idle')} <= workers)

    def test_map_and_partial_and_methods_have_the_users_name(self):
        outcome = self.run_code(
            'import functools, time\n'
            'from concurrent.futures import ThreadPoolExecutor\n'
            'def add(a, b): return a + b\n'
            'class Box:\n'
            '    def take(self, n): return n\n'
            '    def __call__(self, n): return n\n'
            'def decorate(f):\n'
            '    @functools.wraps(f)\n'
            '    def inner(*a): return f(*a)\n'
            '    return inner\n'
            '@decorate\n'
            'def plain(n): return n\n'
            'with ThreadPoolExecutor(1) as pool:\n'
            '    for f in functools.partial(add, 1), Box().take, Box(), plain, abs:\n'
            '        list(pool.map(f, [1]))\n'
        )
        names = [task[2:] for task in outcome.main.tasks()]
        self.assertEqual(names[:3], [('add', 3), ('Box.take', 5), ('Box', 6)])
        self.assertEqual(names[3][0], 'plain')
        self.assertIn(names[3][1], (11, 12))
        self.assertEqual(names[4], ('abs', 0))


class WaitTest(TracedCase):
    def test_arguments_of_pool_tasks_can_be_anything(self):
        outcome = self.run_code(
            'from concurrent.futures import ThreadPoolExecutor\n'
            'def work(*a): return len(a)\n'
            'with ThreadPoolExecutor(2) as pool:\n'
            '    futures = [pool.submit(work), pool.submit(work, None), pool.submit(work, None, None), pool.submit(work, work, 1)]\n'
            '    print([each.result() for each in futures], type(pool._work_queue).__name__)\n'
        )
        self.assertEqual(outcome.stdout, '[0, 1, 2, 2] SimpleQueue\n')
        self.assertEqual([task[1:] for task in outcome.main.tasks()], [('ok', 'work', 2)] * 4)

    def test_lock_tells_its_holder(self):
        outcome = self.run_code(
            'import threading, time\n'
            'lock, held = threading.Lock(), threading.Event()\n'
            'def holder():\n'
            '    with lock:\n'
            '        held.set()\n'
            '        time.sleep(0.05)\n'
            't = threading.Thread(target=holder); t.start()\n'
            'held.wait()\n'
            'with lock:\n'
            '    pass\n'
            'r = threading.RLock()\n'
            'with r:\n'
            '    with r: pass\n'
            't.join()\n'
        )
        main = outcome.main
        (wait,) = [each for each in main.of('wait') if each['flags'] == 1]
        self.assertEqual((main.text(wait['aux']), main.site(wait)[1]), ('Lock.acquire', 9))
        (thread,) = main.of('thread')
        self.assertEqual(wait['aux2'], thread['tid'])

    def test_every_primitive_by_its_name(self):
        outcome = self.run_code(
            'import threading, queue, time\n'
            'from concurrent.futures import ThreadPoolExecutor, as_completed\n'
            'def later(f, *a):\n'
            '    t = threading.Timer(0.05, f, a); t.start(); return t\n'
            'event = threading.Event(); later(event.set)\n'
            'event.wait()\n'  # 6
            'semaphore = threading.Semaphore(0); later(semaphore.release)\n'
            'semaphore.acquire()\n'  # 8
            'q = queue.Queue(); later(q.put, 1)\n'
            'q.get()\n'  # 10
            's = queue.SimpleQueue(); later(s.put, 1)\n'
            's.get()\n'  # 12
            'c = threading.Condition()\n'
            'def notify():\n'
            '    with c: c.notify()\n'
            'with c:\n'
            '    later(notify)\n'
            '    c.wait()\n'  # 18
            'b = threading.Barrier(2); later(b.wait)\n'
            'b.wait()\n'  # 20
            'r = threading.RLock()\n'
            'r.acquire(); t = threading.Thread(target=lambda: r.acquire(timeout=0.05)); t.start()\n'
            't.join()\n'  # 23
            'with ThreadPoolExecutor(1) as pool:\n'
            '    pool.submit(time.sleep, 0.05).result()\n'  # 25
            '    list(as_completed([pool.submit(time.sleep, 0.05)]))\n'  # 26
            '    list(pool.map(time.sleep, [0.05]))\n'  # 27
            'q2 = queue.Queue(1); q2.put(0); later(q2.get)\n'
            'q2.put(1)\n'  # 29
        )
        main = outcome.main
        own = [
            (main.site(each)[1], each['flags'], main.text(each['aux']))
            for each in main.of('wait')
            if each['tid'] == main.pid and main.text(each['aux']) != 'Executor.__exit__'
        ]
        self.assertEqual(
            own,
            [
                (6, 3, 'Event.wait'),
                (8, 4, 'Semaphore.acquire'),
                (10, 6, 'Queue.get'),
                (12, 6, 'SimpleQueue.get'),
                (18, 2, 'Condition.wait'),
                (20, 5, 'Barrier.wait'),
                (23, 7, 'Thread.join'),
                (25, 8, 'Future.result'),
                (26, 8, 'as_completed'),
                (27, 8, 'Executor.map'),
                (29, 6, 'Queue.put'),
            ],
        )
        self.assertIn(('lock', 'RLock.acquire', 22), main.waits())

    def test_nothing_that_does_not_block_is_recorded(self):
        outcome = self.run_code(
            'import threading, queue\n'
            'lock, q = threading.Lock(), queue.Queue()\n'
            'for n in range(100):\n'
            '    with lock: q.put(n)\n'
            '    q.get(); lock.acquire(); lock.release()\n'
        )
        self.assertEqual(outcome.main.waits(), [])

    def test_sockets_and_urlopen(self):
        outcome = self.run_code(
            'import threading, time, urllib.request, socket\n'
            'from http.server import BaseHTTPRequestHandler, HTTPServer\n'
            'class Handler(BaseHTTPRequestHandler):\n'
            '    def do_GET(self):\n'
            '        time.sleep(0.05)\n'
            '        self.send_response(200); self.end_headers(); self.wfile.write(b"hi")\n'
            '    def log_message(self, *a): pass\n'
            'server = HTTPServer(("127.0.0.1", 0), Handler)\n'
            'threading.Thread(target=server.serve_forever, daemon=True).start()\n'
            'opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))\n'
            'url = "http://127.0.0.1:%d/a?secret" % server.server_port\n'
            'assert opener.open(url).read() == b"hi"\n'
            'a, b = socket.socketpair(); threading.Timer(0.05, b.send, (b"x",)).start()\n'
            'a.recv(1)\n'
        )
        main = outcome.main
        io = [each for each in main.waits('io') if each[2] in (12, 14)]
        self.assertIn(('io', 'socket.recv', 14), io)
        self.assertIn(('io', 'socket.recv_into', 12), io)
        self.assertEqual([label.split(':')[0] for _, label, _ in io if label.startswith('urlopen')], ['urlopen http'])
        self.assertFalse(any('secret' in text for text in main.strings.values()))

    def test_gc_pause(self):
        outcome = self.run_code('import gc\ngc.collect()\n')
        self.assertIn(2, [each['obj'] for each in outcome.main.of('gc')])


if __name__ == '__main__':
    unittest.main()
