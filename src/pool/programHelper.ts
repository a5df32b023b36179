import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { messageOf, userError } from '../base/errors.ts';
import { asBoolean, asNumber, asString, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { HelperRequest, ProgramResult, UnitDependencies } from '../protocol/programWire.ts';
import { parseDependencies, parseProgramResult } from '../protocol/readProgram.ts';
import type { Interpreter } from '../run/request.ts';
import type { Snippet, Unit } from '../snippet/snippet.ts';

export interface HelperTimes {
  /** Without an answer for so long, a helper is ended. */
  answerMs: number;
  /** Without a question for so long, it ends. */
  idleMs: number;
}

const usualTimes: HelperTimes = { answerMs: 15_000, idleMs: 5 * 60_000 };
/** A question that ended so many helpers is not asked again. */
const attempts = 2;

type Question =
  | { method: 'program'; units: Unit[]; selection: Snippet['selection'] }
  | { method: 'dependencies'; units: Unit[] };

/**
 * Asks the user's own Python which statements belong to a Program. A helper process per interpreter stays warm, so that the units it
 * has seen are not parsed again; it is started with the first question, and once more if it ends over one. It only parses: nothing of
 * the user's runs. All the same it is the user's interpreter: ask in a trusted workspace only.
 */
export class ProgramHelper {
  private readonly script: string;
  private readonly times: HelperTimes;
  private readonly processes = new Map<string, HelperProcess>();
  private isDisposed = false;

  /** `script`: the path of python/run.py. */
  constructor(script: string, times: HelperTimes = usualTimes) {
    this.script = script;
    this.times = times;
  }

  /** What would run for a selection; a syntax error is in the result. */
  async program(
    interpreter: Interpreter,
    snippet: Pick<Snippet, 'units' | 'selection'>,
  ): Promise<Result<ProgramResult>> {
    const { units, selection } = snippet;
    return this.ask(interpreter, { method: 'program', units, selection }, parseProgramResult);
  }

  /** Which earlier units each unit needs. */
  async dependencies(interpreter: Interpreter, units: Unit[]): Promise<Result<UnitDependencies>> {
    return this.ask(interpreter, { method: 'dependencies', units }, result => parseDependencies(result, units.length));
  }

  /** Ends the helpers; what they were asked fails. */
  dispose(): void {
    this.isDisposed = true;
    for (const helper of this.processes.values()) helper.end();
    this.processes.clear();
  }

  private async ask<T>(
    interpreter: Interpreter,
    question: Question,
    parse: (result: unknown) => T | null,
  ): Promise<Result<T>> {
    let why = 'its helper process was ended';
    for (let attempt = 0; attempt < attempts && !this.isDisposed; attempt++) {
      const answer = await this.processFor(interpreter).ask(question);
      if (answer.kind === 'answer') {
        const value = parse(answer.result);
        return value === null ? helperFailed(interpreter, 'its answer could not be understood') : ok(value);
      }
      why = answer.message;
      if (answer.kind === 'refused') break;
    }
    return helperFailed(interpreter, why);
  }

  private processFor({ command, args }: Interpreter): HelperProcess {
    const key = JSON.stringify([command, args]);
    const running = this.processes.get(key);
    if (running?.isAlive) return running;
    const started = new HelperProcess(command, [...args, this.script, '--serve'], this.times);
    this.processes.set(key, started);
    return started;
  }
}

function helperFailed<T>(interpreter: Interpreter, why: string): Result<T> {
  const message = `${interpreter.command} could not tell what would run: ${why}.`;
  return failed(userError('programHelper', message, 'Check that it is a working Python, 3.8 or later.'));
}

/** `ended`: the process is gone; another one may answer. `refused`: it answered that it can't. */
type Answer = { kind: 'answer'; result: unknown } | { kind: 'refused' | 'ended'; message: string };

/** One helper: JSON lines in, JSON lines out, until its stdin ends. */
class HelperProcess {
  isAlive = true;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly times: HelperTimes;
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private lastId = 0;
  private errorText = '';
  private idleTimer: NodeJS.Timeout | null = null;

  constructor(command: string, args: string[], times: HelperTimes) {
    this.times = times;
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    this.child = spawn(command, args, { windowsHide: true, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.once('error', error => this.ended(messageOf(error)));
    this.child.once('close', code =>
      this.ended(lastLine(this.errorText) || `its helper process ended with code ${code}`),
    );
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errorText = `${this.errorText}${text}`.slice(-2000);
    });
    createInterface({ input: this.child.stdout }).on('line', line => this.onLine(line));
  }

  ask(question: Question): Promise<Answer> {
    const request: HelperRequest = { id: ++this.lastId, ...question };
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        const message = `it did not answer within ${this.times.answerMs / 1000} s`;
        this.asked.get(request.id)?.({ kind: 'refused', message });
        this.child.kill('SIGKILL');
        this.ended(message);
      }, this.times.answerMs);
      this.asked.set(request.id, answer => {
        clearTimeout(timer);
        this.asked.delete(request.id);
        if (this.asked.size === 0) this.restUntilAsked();
        resolve(answer);
      });
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Asks it to end, and makes it end should it be busy. */
  end(): void {
    this.ended('its helper process was ended');
    this.child.stdin.end();
    this.child.kill();
  }

  private restUntilAsked(): void {
    if (!this.isAlive) return;
    this.idleTimer = setTimeout(() => this.end(), this.times.idleMs);
    this.idleTimer.unref();
  }

  private onLine(line: string): void {
    const reply = parseObject(line);
    const answer = this.asked.get(asNumber(reply?.id) ?? 0);
    if (reply === null || answer === undefined) return;
    if (asBoolean(reply.ok) === true) answer({ kind: 'answer', result: reply.result });
    else answer({ kind: 'refused', message: asString(reply.message) ?? 'it gave no reason' });
  }

  private ended(message: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    for (const answer of [...this.asked.values()]) answer({ kind: 'ended', message });
  }
}

/** What a dying Python says last: `ModuleNotFoundError: No module named 'x'`. */
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
