export const helpText = `Runs Python code and tells what every thread and process of it really did.

  run-in-parallel run TARGET... [options] [-- ARGS of the program]
  run-in-parallel show TRACE [--format text|json]
  run-in-parallel convert TRACE --format text|json|chrome|riptrace --output FILE
  run-in-parallel program TARGET [--cell N] [--python PATH] [--format text|json]
  run-in-parallel check FILE... [--format text|json]

TARGET is FILE.py, FILE.py:10-24 (lines, from 1 on, both included), FILE.ipynb or FILE.md. Several targets run at once.
Lines and cells run with the earlier statements that they need; "program" prints what that is, and runs nothing.
"show" sums up a saved trace: our own FILE.riptrace, the JSON of Chrome traces, or an event log of Spark (2.4 or later; a file or the
folder of a rolled one, plain or compressed). "convert" writes it in another format.
"check" finds mistakes in concurrent and lazy code without running it; --format json gives the diagnostics of the
Language Server Protocol.

Options of run:
  --cell N         a code cell of the file, counted from 1; may be given several times
  --python PATH    the interpreter; without it VIRTUAL_ENV, .venv in the working folder, then the PATH
  --timeout S      stop after S seconds
  --cwd DIR        working folder of the program
  --format F       text (default), json or chrome (opens in ui.perfetto.dev)
  --output FILE    write the result there instead of to stdout; a FILE.riptrace gets the trace itself

  --dask ADDRESS   run Dask on the scheduler tcp://HOST:PORT or tls://HOST:PORT, or on local[N] processes started for it
  --dask-tls-ca FILE, --dask-tls-cert FILE, --dask-tls-key FILE
                   PEM files for tls://; RUN_IN_PARALLEL_TLS_PASSPHRASE opens an encrypted key
  --spark MASTER   run Spark on local[N], spark://HOST:PORT, yarn, k8s://HOST:PORT, or sc://HOST:PORT (Spark Connect)
  --spark-conf NAME=VALUE
                   a setting for Spark; may be given several times

Exit code: 0 all succeeded, 1 a snippet failed or "check" has a warning, 2 wrong usage, 3 the set-up is at fault
(no interpreter, missing package, cluster unreachable), 124 stopped at the time limit, 130 cancelled.
`;
