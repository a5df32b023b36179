/** What a button under a message does. The host maps each to a command; the set is closed. */
export type Remedy =
  | 'openInterpreterSetting'
  | 'openTimeoutSetting'
  | 'openLog'
  | 'openLimitSetting'
  | 'chooseCluster'
  | 'openTlsSetting'
  | 'installJava'
  | 'installMissing'
  | 'createEnvironment';

/**
 * A failure worth telling the user: a stable code, one plain sentence, what to do about it.
 * It crosses threads as a plain object: compare `code`, never the sentence.
 */
export interface UserError {
  code: string;
  /** What happened, naming the thing. */
  message: string;
  /** What to do; empty when there is nothing to do. */
  advice: string;
  remedy: Remedy | null;
}

export function userError(code: string, message: string, advice = '', remedy: Remedy | null = null): UserError {
  return { code, message, advice, remedy };
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
