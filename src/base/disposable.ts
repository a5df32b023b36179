/** Something to be undone, once. */
export interface Disposable {
  dispose(): void;
}
