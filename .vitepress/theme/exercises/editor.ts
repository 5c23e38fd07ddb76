// The code editor, loaded only when an exercise is opened.
import { javascript } from '@codemirror/lang-javascript';
import { indentWithTab } from '@codemirror/commands';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';

/** An editor in `parent`; `changed` hears every new text. Escape and then
 * Tab leaves it, so that the keyboard is not caught. */
export function makeEditor(
  parent: HTMLElement, doc: string, changed: (text: string) => void,
): EditorView {
  return new EditorView({
    parent, doc,
    extensions: [
      basicSetup,
      keymap.of([indentWithTab]),
      javascript({ typescript: true }),
      EditorView.contentAttributes.of({ 'aria-label': 'Your answer' }),
      EditorView.updateListener.of((u) => {
        if (u.docChanged) changed(u.state.doc.toString());
      }),
      EditorView.theme({
        '&': { fontSize: '13.5px', backgroundColor: '#fff', color: '#1c1c1c' },
        '.cm-content': { fontFamily: 'var(--vp-font-family-mono)' },
      }),
    ],
  });
}
