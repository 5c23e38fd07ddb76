// The default theme's bar at the top.
import VPNav from 'vitepress/dist/client/theme-default/components/VPNav.vue';
import { atRest } from './at-rest';

export default atRest(VPNav);
