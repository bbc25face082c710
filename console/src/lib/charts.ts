// SPDX-License-Identifier: Apache-2.0
// The part of ECharts that is used. Loaded when the first chart comes on screen.
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);
export { init };
