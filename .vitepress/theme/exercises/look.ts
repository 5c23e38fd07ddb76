// How the editor looks, by day and by night: its colours are variables, which
// follow the page's.
import { syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

const text = { color: 'var(--vp-c-text-1)' };
const raised = { backgroundColor: 'var(--vp-c-bg-elv)', ...text };

const colours = EditorView.theme({
  '&': { fontSize: '13.5px', backgroundColor: 'var(--rf-pad-back)', ...text },
  '.cm-content': {
    fontFamily: 'var(--vp-font-family-mono)', caretColor: 'var(--vp-c-text-1)',
  },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--vp-c-text-1)' },
  '.cm-gutters': {
    backgroundColor: 'var(--vp-c-bg-alt)', color: 'var(--vp-c-text-2)',
    borderRightColor: 'var(--vp-c-divider)',
  },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'var(--rf-pad-line)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'var(--rf-pad-selected)' },
  '.cm-tooltip, .cm-panels': raised,
  '.cm-tooltip-lint': {
    maxWidth: 'min(36em, calc(100vw - 24px))', overflowWrap: 'anywhere',
  },
  '.cm-diagnosticSource': { opacity: '1' },
  '.tok-keyword, .tok-operatorKeyword': { color: 'var(--rf-pad-keyword)' },
  '.tok-string, .tok-string2': { color: 'var(--rf-pad-string)' },
  '.tok-number, .tok-bool, .tok-atom': { color: 'var(--rf-pad-number)' },
  '.tok-typeName, .tok-className': { color: 'var(--rf-pad-type)' },
  '.tok-definition': { color: 'var(--rf-pad-name)' },
  '.tok-comment': { color: 'var(--vp-c-text-2)', fontStyle: 'italic' },
});

export const look = [colours, syntaxHighlighting(classHighlighter)];
