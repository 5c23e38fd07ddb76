// One editor for a handful of files: each keeps its cursor and its history.
import { indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { StreamLanguage } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import type { LabFile, Place } from '../../../tools/toollab/view';
import { look } from '../exercises/look';

/** A chapter: headings, fences, marks of changed lines. */
const chapter = StreamLanguage.define<{ inside: boolean }>({
  name: 'chapter',
  startState: () => ({ inside: false }),
  token(stream, state) {
    if (stream.sol() && stream.match(/^```.*/)) {
      state.inside = !state.inside;
      return 'keyword';
    }
    if (state.inside) {
      if (stream.match(/^\/\/ \[!code (\+\+|--)\]/)) return 'comment';
      if (stream.match(/^(\/\/ <<.*>>|\/\*\*.*?\*\/)/)) return 'comment';
      if (stream.match(/^'[^']*'/)) return 'string';
      if (stream.match(/^(export|function|class|return|import|from|const|let|for|throw|new)\b/)) {
        return 'keyword';
      }
      if (stream.match(/^\w+/)) return null;
    } else if (stream.sol() && stream.match(/^(#+ .*|---$)/)) return 'heading';
    stream.next();
    return null;
  },
});

export interface FilesEditor {
  show(path: string): void;
  /** Puts texts that somebody else wrote into files. */
  put(files: readonly LabFile[]): void;
  texts(): LabFile[];
  /** Underlines lines of the file that shows. */
  mark(found: readonly { place: Place; message: string }[]): void;
  goTo(place: Place): void;
  /** Scrolls there, and leaves the keyboard where it is. */
  reveal(place: Place): void;
  destroy(): void;
}

export function filesEditor(
  parent: HTMLElement, files: readonly LabFile[], changed: () => void,
): FilesEditor {
  const fixed = new Set(files.filter((f) => f.fixed).map((f) => f.path));
  const extensionsOf = (path: string): Extension[] => [
    basicSetup, keymap.of([indentWithTab]), look,
    path.endsWith('.md') ? [chapter, EditorView.lineWrapping]
      : javascript({ typescript: true }),
    EditorState.readOnly.of(fixed.has(path)),
    EditorView.contentAttributes.of({ 'aria-label': path, tabindex: '0' }),
    EditorView.updateListener.of((u) => {
      if (u.docChanged && !quiet) changed();
    }),
  ];
  const stateOf = ({ path, text }: LabFile): EditorState =>
    EditorState.create({ doc: text, extensions: extensionsOf(path) });
  const states = new Map(files.map((file) => [file.path, stateOf(file)]));
  let quiet = false;
  let shown = files[0]!.path;
  const view = new EditorView({ parent, state: states.get(shown)! });
  const keep = (): void => { states.set(shown, view.state); };

  function show(path: string): void {
    const next = states.get(path);
    if (!next || path === shown) return;
    keep();
    shown = path;
    view.setState(next);
  }

  return {
    show,
    put(news) {
      keep();
      quiet = true;
      for (const { path, text } of news) {
        const old = states.get(path);
        if (!old || old.doc.toString() === text) continue;
        const changes = { from: 0, to: old.doc.length, insert: text };
        if (path === shown) view.dispatch({ changes });
        else states.set(path, old.update({ changes }).state);
      }
      keep();
      quiet = false;
    },
    texts() {
      keep();
      return files.map(({ path, fixed: own }) => ({
        path, text: states.get(path)!.doc.toString(),
        ...(own ? { fixed: own } : {}),
      }));
    },
    mark(found) {
      const { doc } = view.state;
      view.dispatch(setDiagnostics(view.state, found
        .filter(({ place }) => place.file === shown)
        .map(({ place, message }) => {
          const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
          return { from: line.from, to: line.to, severity: 'error', message };
        })));
    },
    reveal({ file, line }) {
      show(file);
      const { doc } = view.state;
      const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      view.dispatch({ selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    },
    goTo({ file, line }) {
      show(file);
      const { doc } = view.state;
      const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      view.dispatch({ selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
