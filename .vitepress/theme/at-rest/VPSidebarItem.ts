// The default theme's part of a sidebar: one of the book's parts.
import VPSidebarItem from 'vitepress/dist/client/theme-default/components/VPSidebarItem.vue';
import { atRest } from './at-rest';

export default atRest(VPSidebarItem);
