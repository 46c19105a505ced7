//! Puts rows and panels in their places: three panels beside each other.

use super::ids::PanelIds;
use super::panel::Panel;
use crate::artifacts::json::{Json, object};

/// A row with its panels.
pub(super) struct Row {
    pub(super) title: String,
    /// What makes the numbers of its panels differ from those of another row with the same title.
    pub(super) key: String,
    pub(super) panels: Vec<Panel>,
    /// A closed row asks nothing of Prometheus until it is opened.
    pub(super) is_closed: bool,
}

/// The dashboard is 24 wide.
const COLUMNS: u32 = 3;
const WIDTH: u32 = 8;
const HEIGHT: u32 = 8;

/// The rows as the list of panels that Grafana wants: the panels of an open row come after it, those of a closed one are in
/// it.
pub(super) fn lay_out(rows: &[Row]) -> Json {
    let mut ids = PanelIds::default();
    let mut all = Vec::new();
    let mut y = 0;
    for row in rows.iter().filter(|row| !row.panels.is_empty()) {
        let row_y = y;
        y += 1;
        let row_id = ids.id(&row.key);
        let mut panels = Vec::new();
        for (at, panel) in row.panels.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            let place = (at % COLUMNS * WIDTH, y + at / COLUMNS * HEIGHT);
            let id = ids.id(&format!("{} / {}", row.key, panel.title));
            panels.push(panel.json(id, place, (WIDTH, HEIGHT)));
        }
        y += u32::try_from(row.panels.len()).unwrap_or(u32::MAX).div_ceil(COLUMNS) * HEIGHT;
        let (inside, after) = if row.is_closed { (panels, Vec::new()) } else { (Vec::new(), panels) };
        all.push(object! {
            "id" => row_id,
            "type" => "row",
            "title" => row.title.as_str(),
            "collapsed" => row.is_closed,
            "gridPos" => object! { "h" => 1_u32, "w" => 24_u32, "x" => 0_u32, "y" => row_y },
            "panels" => Json::List(inside),
        });
        all.extend(after);
    }
    Json::List(all)
}
