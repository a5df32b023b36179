// A host to be killed: runs the programs that it is given as JSON, says when they all print, and waits for its end.
import { RunPool } from '../../../src/pool/runPool.ts';
import type { RunRequest } from '../../../src/run/request.ts';

const [, , distDir = '', runsDir = '', json = '[]'] = process.argv;
const requests: RunRequest[] = JSON.parse(json);
const pool = new RunPool({ distDir, runsDir, size: requests.length });
let silent = requests.length;
for (const request of requests) {
  let hasSpoken = false;
  pool.run(request, {
    onPhase: () => undefined,
    onChanged: () => undefined,
    onOutput: () => {
      if (hasSpoken) return;
      hasSpoken = true;
      silent--;
      if (silent === 0) process.stdout.write('ready\n');
    },
  });
}
