// SPDX-License-Identifier: Apache-2.0
// One clock for all relative times on screen.
import { ref } from 'vue';

export const now = ref(Date.now());
window.setInterval(() => (now.value = Date.now()), 30_000);
