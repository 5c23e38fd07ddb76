import { indexPages } from '../../.vitepress/indices.ts';

export default {
  watch: ['../*.md', '../contents.yaml'],
  paths: () => indexPages(),
};
