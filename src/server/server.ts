import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { LanguageServer, serverCapabilities } from './languageServer.ts';
import { loadParser } from './loadParser.ts';

/** The language server's process. Its bundle lies beside the two .wasm files; the transport is named on its command line. */
const connection = createConnection(ProposedFeatures.all);
const parser = loadParser({
  runtime: join(__dirname, 'web-tree-sitter.wasm'),
  python: join(__dirname, 'tree-sitter-python.wasm'),
});

connection.onInitialize(async ({ capabilities }) => {
  new LanguageServer(connection, await parser, capabilities).listen();
  return { capabilities: serverCapabilities, serverInfo: { name: 'Run in Parallel' } };
});
connection.listen();
