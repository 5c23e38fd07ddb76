import { instructorPages } from '../../.vitepress/instructor.ts';

export default {
  watch: ['../*.md', '../contents.yaml'],
  paths: () => instructorPages(),
};
