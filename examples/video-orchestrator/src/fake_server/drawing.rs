//! Pictures that need no GPU: a sky, a sun and hills. The prompt and the seed decide their colours and shapes.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::validation::Order;

/// Draws a PNG.
pub(crate) fn draw(order: &Order) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = (order.width, order.height);
    let mut random = fastrand::Rng::with_seed(seed(order));
    let mut colour = || [random.u8(40..220), random.u8(40..220), random.u8(40..220)];
    let (zenith, horizon, sun, hills) = (colour(), colour(), [250, 240, 200], [colour(), colour(), colour()]);
    let sun_at = (random.f32() * 0.8 + 0.1, random.f32() * 0.3 + 0.1);
    let waves: Vec<(f32, f32)> = (0..hills.len()).map(|_| (random.f32() * 6.0 + 3.0, random.f32() * 6.3)).collect();
    // Computed once for each column, and not for each pixel: that takes long in a build without optimisation.
    let columns: Vec<(f32, [f32; 3])> = (0..width)
        .map(|column| {
            let x = fraction(column, width);
            let top = |hill: usize, base: f32| base + (x * waves[hill].0 + waves[hill].1).sin() * 0.06;
            (x - sun_at.0, [top(0, 0.55), top(1, 0.7), top(2, 0.85)])
        })
        .collect();

    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    let aspect = fraction(height, width);
    for row in 0..height {
        let y = fraction(row, height);
        let sky = mix(zenith, horizon, y);
        let dy = (y - sun_at.1) * aspect;
        for (dx, tops) in &columns {
            let pixel = if y > tops[2] {
                hills[2]
            } else if y > tops[1] {
                hills[1]
            } else if y > tops[0] {
                hills[0]
            } else if dx * dx + dy * dy < 0.006 {
                sun
            } else {
                sky
            };
            pixels.extend_from_slice(&pixel);
        }
    }

    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}

fn seed(order: &Order) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&order.text, order.seed).hash(&mut hasher);
    hasher.finish()
}

// Sizes are far below the largest integer that `f32` represents exactly.
#[allow(clippy::cast_precision_loss)]
fn fraction(part: u32, whole: u32) -> f32 {
    part as f32 / whole as f32
}

// A value between two bytes is a byte.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn mix(from: [u8; 3], to: [u8; 3], share: f32) -> [u8; 3] {
    [0, 1, 2].map(|at| (f32::from(from[at]) * (1.0 - share) + f32::from(to[at]) * share) as u8)
}
