// SPDX-License-Identifier: Apache-2.0
import { createApp } from 'vue';
import 'element-plus/theme-chalk/base.css';
import 'element-plus/theme-chalk/dark/css-vars.css';
import './styles/base.css';
import './styles/element.css';
import App from './App.vue';
import { fetchAhead, router } from './router';

createApp(App).use(router).mount('#app');
void router.isReady().then(() => window.setTimeout(fetchAhead, 2500));
