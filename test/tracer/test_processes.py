"""Processes, their pools, and everything that starts one, under each start method."""
import signal
import sys
import unittest

from support import TracedCase, environment

METHODS = ('fork', 'spawn', 'forkserver')

POOLS = '''import multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor
def double(n):
    return n * 2
def fail(n):
    raise ValueError(n)
def pair(a, b):
    return a + b
if __name__ == '__main__':
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(2) as pool:
        assert pool.map(double, range(26), chunksize=13) == [2 * n for n in range(26)]
        assert pool.starmap(pair, [(1, 2), (3, 4)], chunksize=1) == [3, 7]
        assert list(pool.imap(double, range(3))) == [0, 2, 4]
        assert sorted(pool.imap_unordered(double, range(4), chunksize=2)) == [0, 2, 4, 6]
        assert pool.apply(pair, (1, 2)) == 3
        assert pool.apply_async(double, (5,)).get() == 10
        result = pool.map_async(fail, [1])
        try: result.get()
        except ValueError: pass
        pool.close(); pool.join()
    with ProcessPoolExecutor(2) as pool:
        assert pool.submit(double, 4).result() == 8
        assert list(pool.map(double, range(6), chunksize=3)) == [0, 2, 4, 6, 8, 10]
        assert isinstance(pool.submit(fail, 1).exception(), ValueError)
    print('fine')
'''

PROCESS = '''import multiprocessing, sys, time, os
def good(q): q.put(1)
def bad(): sys.exit(3)
def broken(): os._exit(4)
def stuck(q):
    q.put(1)
    time.sleep(60)
if __name__ == '__main__':
    multiprocessing.set_start_method(sys.argv[1])
    q = multiprocessing.Queue()
    a = multiprocessing.Process(target=good, args=(q,), name='Good')
    a.start()
    q.get()
    a.join()
    for target in bad, broken:
        p = multiprocessing.Process(target=target); p.start(); p.join()
    p = multiprocessing.Process(target=stuck, args=(q,)); p.start(); q.get()
    p.kill(); p.join()
    print(a.exitcode)
'''


def of_user(processes):
    return [each for each in processes if each.info['startMethod'] != 'helper']


class StartMethodTest(TracedCase):
    def check_pools(self, method):
        outcome = self.run_code(POOLS, method)
        self.assertEqual(outcome.stdout, 'fine\n')
        main = outcome.main
        children = of_user(outcome.children)
        self.assertEqual([each.info['startMethod'] for each in children], [method] * len(children))
        helpers = [each for each in outcome.children if each not in children]
        self.assertEqual([each.info['name'] for each in helpers], ['forkserver'] * (method == 'forkserver'))
        tasks = sorted(task for child in children for task in child.tasks())
        pool, executor = 'multiprocessingPool', 'processPool'
        self.assertEqual(
            tasks,
            sorted(
                [(pool, 'ok', 'double ×13', 3)] * 2
                + [(pool, 'ok', 'pair', 7)] * 3
                + [(pool, 'ok', 'double', 3)] * 4
                + [(pool, 'ok', 'double ×2', 3)] * 2
                + [(pool, 'failed', 'fail', 5)]
                + [(executor, 'ok', 'double', 3), (executor, 'failed', 'fail', 5)]
                + [(executor, 'ok', 'double ×3', 3)] * 2
            ),
        )
        queued = main.of('taskQueued')
        jobs = [each for each in queued if each['flags'] >> 4 == 5]
        self.assertEqual([each['aux2'] for each in jobs], [2, 2, 3, 2, 1, 1, 1])
        self.assertEqual([main.site(each)[1] for each in jobs], [12, 13, 14, 15, 16, 17, 18])
        numbers = {(each['obj'] >> 32, at) for each in jobs for at in range(each['aux2'])}
        ran = [each for child in children for each in child.of('task')]
        self.assertEqual({(each['obj'] >> 32, each['obj'] & 0xFFFFFFFF) for each in ran if each['flags'] >> 4 == 5}, numbers)
        submitted = {each['position'] for each in queued if each['flags'] >> 4 == 4}
        self.assertEqual({each['obj'] for each in ran if each['flags'] >> 4 == 4}, submitted)
        self.assertEqual(len(submitted), 4)
        self.assertEqual({each['aux2'] for each in ran}, {main.pid})
        self.assertEqual([(main.text(each['aux']), each['aux2']) for each in main.of('pool')], [('Pool', 2), ('ProcessPoolExecutor', 2)])
        self.assertTrue(all(child.of('idle') for child in children))
        self.assertTrue(all(child.of('process')[0]['t1'] for child in children), 'orderly ends are told')
        starts = main.of('processStart')
        self.assertEqual({each['obj'] for each in starts}, {child.pid for child in children})
        self.assertEqual({each['flags'] for each in starts}, {1 + METHODS.index(method)})
        self.assertEqual({main.text(each['aux']) for each in starts}, {child.info['name'] for child in children})

    def check_process(self, method):
        outcome = self.run_code(PROCESS, method)
        self.assertEqual(outcome.stdout, '0\n')
        main = outcome.main
        starts = main.of('processStart')
        self.assertEqual([each['flags'] for each in starts], [0x80 + 1 + METHODS.index(method)] * 4)
        self.assertEqual([main.site(each)[1] for each in starts], [12, 16, 16, 17])
        children = {each.pid: each for each in of_user(outcome.children)}
        self.assertEqual(len(children), 4)
        good, bad, broken, killed = [children[each['obj']] for each in starts]
        self.assertEqual(good.info['name'], 'Good')
        self.assertEqual(good.tasks(), [('process', 'ok', 'good', 2)])
        self.assertEqual(bad.tasks(), [('process', 'failed', 'bad', 3)])
        self.assertEqual(broken.tasks(), [('process', 'running', 'broken', 4)])
        self.assertEqual(broken.of('task')[0]['t1'], 0)
        self.assertEqual(killed.tasks(), [('process', 'running', 'stuck', 5)])
        self.assertTrue(good.of('process')[0]['t1'] and bad.of('process')[0]['t1'])
        self.assertEqual(killed.of('process')[0]['t1'], 0)
        self.assertEqual([label for _, label, _ in main.waits('join')], ['Process.join'] * len(main.waits('join')))
        self.assertIn(('queue', 'Queue.get', 13), main.waits())


for _method in METHODS:
    setattr(StartMethodTest, 'test_pools_' + _method, lambda self, method=_method: self.check_pools(method))
    setattr(StartMethodTest, 'test_process_' + _method, lambda self, method=_method: self.check_process(method))


class ChildrenTest(TracedCase):
    def test_thread_pool_of_multiprocessing(self):
        outcome = self.run_code(
            'from multiprocessing.pool import ThreadPool\n'
            'def work(n): return n\n'
            'with ThreadPool(2) as pool: pool.map(work, range(4), chunksize=2)\n'
        )
        self.assertEqual(outcome.main.tasks(), [('multiprocessingThreadPool', 'ok', 'work ×2', 2)] * 2)
        self.assertEqual(outcome.children, [])

    def test_fork_in_a_thread_and_exits_of_all_kinds(self):
        outcome = self.run_code(
            'import os, threading, time\n'
            'def child(end):\n'
            '    pid = os.fork()\n'
            '    if pid == 0:\n'
            '        time.sleep(0.01)\n'
            '        end()\n'
            '    os.waitpid(pid, 0)\n'
            'def fork_in_thread():\n'
            '    child(lambda: os._exit(0))\n'
            't = threading.Thread(target=fork_in_thread); t.start(); t.join()\n'
            'child(lambda: os.kill(os.getpid(), 9))\n'
            'child(lambda: os.abort())\n'
        )
        self.assertEqual(len(outcome.children), 3)
        for child in outcome.children:
            self.assertEqual((child.info['startMethod'], child.info['parentPid']), ('fork', outcome.main.pid))
            self.assertEqual(child.waits(), [('sleep', 'sleep', 5)])
        (thread,) = outcome.main.of('thread')
        join = [each for each in outcome.main.of('wait') if each['flags'] == 7][0]
        self.assertGreater(join['t1'], join['t0'])
        self.assertLess(abs(join['t1'] - thread['t1']), 10**9)

    def test_a_forked_child_does_not_end_its_parents_spans(self):
        outcome = self.run_code(
            'import os, time\n'
            'from concurrent.futures import ThreadPoolExecutor\n'
            'def work():\n'
            '    pid = os.fork()\n'
            '    if pid:\n'
            '        time.sleep(0.2)\n'
            '        os.kill(pid, 9); os.waitpid(pid, 0); os._exit(0)\n'
            'ThreadPoolExecutor(1).submit(work).result()\n'
        )
        # The child returns from work() into the pool's code, which ends the task there, not in the parent.
        (task,) = outcome.main.of('task')
        self.assertEqual((task['t1'], task['flags'] & 15), (0, 0))

    def test_subprocesses_of_python(self):
        outcome = self.run_code(
            'import os, subprocess, sys\n'
            'code = "import time; time.sleep(0.01)"\n'
            'subprocess.run([sys.executable, "-c", code])\n'
            'subprocess.run([sys.executable, "-s", "-c", code], env={"A": "B"})\n'
            'os.system(sys.executable + " -c \'" + code + "\'")\n'
            'os.environ["PYTHONPATH"] = "/nowhere"\n'
            'subprocess.Popen([sys.executable, "-c", code]).communicate()\n'
            'os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", code], {}), 0)\n'
            'if os.fork() == 0: os.execv(sys.executable, [sys.executable, "-c", code])\n'
            'os.wait()\n'
        )
        asleep = [child for child in outcome.children if child.waits('sleep')]
        self.assertEqual([child.info['startMethod'] for child in asleep], ['subprocess'] * 6)
        self.assertEqual([child.waits() for child in asleep], [[('sleep', 'sleep', 1)]] * 6)
        main = outcome.main
        self.assertEqual([main.site(each)[1] for each in main.of('subprocess')], [3, 4, 7])
        self.assertEqual({each['obj'] for each in main.of('subprocess')} <= {child.pid for child in asleep}, True)
        self.assertEqual([label for _, label, _ in main.waits('subprocess')], ['run', 'run', 'Popen.communicate'])

    def test_isolated_interpreters_follow_their_multiprocessing_children(self):
        path = self.folder + '/program.py'
        with open(path, 'w') as file:
            file.write(PROCESS.replace('60', '0'))
        import support

        for flag in ('-I', '-E', '-S'):
            for method in ('spawn', 'forkserver'):
                import tempfile

                trace_dir = tempfile.mkdtemp(dir=self.folder)
                start = support._START % (support.PYTHON_DIR, trace_dir)
                start += 'import runpy; sys.argv[:] = [%r, %r]; runpy.run_path(%r, run_name="__main__")' % (path, method, path)
                command = [sys.executable, flag, '-c', start]
                code, stdout, stderr = self.run_plain(command, env=environment())
                self.assertEqual((code, stderr), (0, ''))
                processes = support.reading.read_folder(trace_dir)
                methods = [each.info['startMethod'] for each in processes]
                self.assertEqual(sorted(methods), sorted(['main'] + [method] * 4 + ['helper'] * (method == 'forkserver')), flag)

    def test_terminated_pool_loses_nothing(self):
        outcome = self.run_code(
            'import multiprocessing, time, os, signal\n'
            'def work(n): time.sleep(0.001); return n\n'
            'def stuck(path): open(path, "w").close(); time.sleep(60)\n'
            'if __name__ == "__main__":\n'
            '    with multiprocessing.Pool(2) as pool:\n'
            '        pool.map(work, range(20), chunksize=1)\n'
            '        pool.map_async(stuck, ["stuck"], chunksize=1)\n'
            '        while not os.path.exists("stuck"): time.sleep(0.01)\n'
        )
        tasks = [task for child in outcome.children for task in child.tasks()]
        self.assertEqual(tasks.count(('multiprocessingPool', 'ok', 'work', 2)), 20)
        self.assertEqual(tasks.count(('multiprocessingPool', 'running', 'stuck', 3)), 1)

    def test_the_program_itself_is_killed(self):
        path = self.folder + '/program.py'
        with open(path, 'w') as file:
            file.write('import os, threading\nthreading.Timer(0.1, os.kill, (os.getpid(), 9)).start()\nthreading.Event().wait()\n')
        outcome = self.run_traced([sys.executable, path])
        self.assertEqual(outcome.code, -signal.SIGKILL)
        self.assertEqual(outcome.main.waits('event'), [('event', 'Event.wait', 3)])
        self.assertEqual(outcome.main.of('wait')[-1]['t1'], 0)
        self.assertEqual(outcome.main.of('process')[0]['t1'], 0)


if __name__ == '__main__':
    unittest.main()
