/** What hovers say of a name from a library, by its full name. Markdown. */
export const hoverTexts: Record<string, string> = {
  'concurrent.futures.ThreadPoolExecutor':
    'Runs calls in **threads** of this process. They take turns at the GIL: a gain for work that waits, none for Python code that computes.',
  'concurrent.futures.ProcessPoolExecutor':
    'Runs calls in **processes**, each with a GIL of its own. Functions, arguments and results are pickled and copied.',
};
