import { type Connection, DidChangeConfigurationNotification } from 'vscode-languageserver/node';
import { defaultSettings, parseSettings, type ServerSettings } from './settings.ts';

const section = 'runInParallel';

/** The client's settings for each document; asked for once, and again after they have changed. */
export class SettingsStore {
  private readonly connection: Connection;
  /** False: the client has no `workspace/configuration`, so the defaults hold. */
  private readonly canAsk: boolean;
  private readonly known = new Map<string, Promise<ServerSettings>>();

  constructor(connection: Connection, canAsk: boolean) {
    this.connection = connection;
    this.canAsk = canAsk;
  }

  /** Asks to be told of changes, and tells in turn. To be called once the client is ready. */
  watch(onChange: () => void): void {
    this.connection.onDidChangeConfiguration(() => {
      this.known.clear();
      onChange();
    });
    if (!this.canAsk) return;
    // Without it changes hold from the next start on.
    this.connection.client.register(DidChangeConfigurationNotification.type, { section }).catch(() => undefined);
  }

  /** @param uri of the document or notebook */
  of(uri: string): Promise<ServerSettings> {
    if (!this.canAsk) return Promise.resolve(defaultSettings);
    const known = this.known.get(uri);
    if (known) return known;
    const asked = this.connection.workspace
      .getConfiguration({ scopeUri: uri, section })
      .then(parseSettings, () => defaultSettings);
    this.known.set(uri, asked);
    return asked;
  }

  forget(uri: string): void {
    this.known.delete(uri);
  }
}
