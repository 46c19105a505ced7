// The classic model of a dashboard, from Grafana's own types. `Dashboard` leaves the options of panels open, so the options
// of each kind of panel come from the types of its plugin.

import type { Dashboard, DataQuery, FieldConfig, RowPanel, Panel } from "@grafana/schema";
import type {
  FieldConfig as HeatmapField,
  Options as HeatmapOptions,
} from "@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
import type { Options as StatOptions } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as TableOptions } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type {
  FieldConfig as TimeSeriesField,
  Options as TimeSeriesOptions,
} from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// JSON has the values of enumerations as plain texts.
type Plain<T> = T extends string
  ? `${T}`
  : T extends (infer Element)[]
    ? Plain<Element>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T;

// The schema package has no type for it: https://grafana.com/docs/grafana/latest/datasources/prometheus/query-editor/
interface PrometheusQuery extends DataQuery {
  expr: string;
  legendFormat?: string;
  editorMode?: "code" | "builder";
  format?: "time_series" | "table" | "heatmap";
  range?: boolean;
  instant?: boolean;
  exemplar?: boolean;
  interval?: string;
}

type PanelOf<Type extends string, Options, Field> = Omit<Plain<Panel>, "type" | "options" | "targets" | "fieldConfig"> & {
  type: Type;
  options: Plain<Options>;
  targets: PrometheusQuery[];
  fieldConfig: {
    defaults: Omit<Plain<FieldConfig>, "custom"> & { custom: Plain<Field> };
    overrides: never[];
  };
};

type AnyPanel =
  | PanelOf<"timeseries", TimeSeriesOptions, TimeSeriesField>
  | PanelOf<"heatmap", Partial<HeatmapOptions>, HeatmapField>
  | PanelOf<"stat", StatOptions, {}>
  | PanelOf<"table", Partial<TableOptions>, {}>;

type AnyRow = Omit<Plain<RowPanel>, "panels"> & { panels: AnyPanel[] };

export type AnyDashboard = Omit<Plain<Dashboard>, "panels"> & { panels: (AnyPanel | AnyRow)[] };
