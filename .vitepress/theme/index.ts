import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { defineAsyncComponent, h } from 'vue';
import BookImage from './components/BookImage.vue';
import BlockLayer from './components/BlockLayer.vue';
import CourseCuts from './components/CourseCuts.vue';
import CourseSchedule from './components/CourseSchedule.vue';
import { switchAtOnce } from './dark';
import { searchByKey } from './keys';
import FreeBench from './bench/FreeBench.vue';
import LabBench from './bench/LabBench.vue';
import DeckBar from './components/DeckBar.vue';
import ExercisePad from './components/ExercisePad.vue';
import OfflineNote from './components/OfflineNote.vue';
import InstructorIndex from './components/InstructorIndex.vue';
import TitlePage from './components/TitlePage.vue';
import ToolLab from './toollab/ToolLab.vue';
import './style.css';
import './identity.css';

export default {
  extends: DefaultTheme,
  Layout: {
    setup() {
      switchAtOnce();
      return () => h(DefaultTheme.Layout, null, {
        'layout-bottom': () => h(BlockLayer),
        'doc-after': () => h(OfflineNote),
      });
    },
  },
  enhanceApp({ app }) {
    if (!import.meta.env.SSR) document.addEventListener('keydown', searchByKey);
    app.component('BookImage', BookImage);
    app.component('TitlePage', TitlePage);
    app.component('CourseSchedule', CourseSchedule);
    app.component('CourseCuts', CourseCuts);
    app.component('InstructorIndex', InstructorIndex);
    app.component(
      'MermaidDiagram',
      defineAsyncComponent(() => import('./components/MermaidDiagram.vue')),
    );
    app.component('DeckBar', DeckBar);
    app.component('ExercisePad', ExercisePad);
    app.component(
      'BreakIt',
      defineAsyncComponent(() => import('./breakit/BreakIt.vue')),
    );
    app.component('LabBench', LabBench);
    app.component('FreeBench', FreeBench);
    app.component('ToolLab', ToolLab);
  },
} satisfies Theme;
