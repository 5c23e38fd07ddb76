import { slidePages } from '../../.vitepress/slides.ts';

export default {
  watch: ['../*.md', '../contents.yaml'],
  paths: () => slidePages(),
};
