// The code editor, loaded only when an exercise is opened.
import { javascript } from '@codemirror/lang-javascript';
import { indentWithTab } from '@codemirror/commands';
import {
  forEachDiagnostic, nextDiagnostic, previousDiagnostic, setDiagnostics,
} from '@codemirror/lint';
import { type Command, EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { look } from './look';
import type { TypeProblem } from './protocol';

/** Shows what the next error says, and has it read out. */
function told(move: Command): Command {
  return (view) => {
    if (!move(view)) return false;
    const { from } = view.state.selection.main;
    const messages: string[] = [];
    forEachDiagnostic(view.state, ({ message }, at) => {
      if (at === from) messages.push(message);
    });
    view.dispatch({ effects: EditorView.announce.of(messages.join('\n')) });
    return true;
  };
}

const errorKeys = keymap.of([{
  key: 'F8', run: told(nextDiagnostic), shift: told(previousDiagnostic),
}]);

/** An editor in `parent`; `changed` hears every new text. Escape and then
 * Tab leaves it, so that the keyboard is not caught. */
export function makeEditor(
  parent: HTMLElement, doc: string, changed: (text: string) => void,
): EditorView {
  return new EditorView({
    parent, doc,
    extensions: [
      errorKeys,
      basicSetup,
      keymap.of([indentWithTab]),
      javascript({ typescript: true }),
      EditorView.contentAttributes.of({
        'aria-label': 'Your answer', tabindex: '0',
      }),
      EditorView.updateListener.of((u) => {
        if (u.docChanged) changed(u.state.doc.toString());
      }),
      look,
    ],
  });
}

/** Underlines what is wrong; pointing there tells why. */
export function underline(
  editor: EditorView, problems: readonly TypeProblem[],
): void {
  editor.dispatch(setDiagnostics(editor.state, problems.map((problem) => ({
    from: problem.from, to: problem.to, severity: 'error',
    message: problem.message, source: `TS${problem.code}`,
  }))));
}

/** Puts the cursor where something is wrong. The text may have changed. */
export function goTo(editor: EditorView, { from }: TypeProblem): void {
  const anchor = Math.min(from, editor.state.doc.length);
  editor.dispatch({ selection: { anchor }, scrollIntoView: true });
  editor.focus();
}
