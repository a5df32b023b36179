import { hostWebviewVersion } from '../protocol/hostWebview.ts';
import { App } from './app.ts';
import { connectHost } from './host.ts';
import { PanelStore } from './store.ts';

const root = document.getElementById('app');
if (root) {
  const host = connectHost();
  const store = new PanelStore(host);
  new App(root, host, store);
  host.act({ kind: 'ready', version: hostWebviewVersion });
  store.refresh();
}
