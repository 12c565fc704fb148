//! What meetings cost their server: [`Work`].

/// What things cost, per cent of the CPU of a server of 8 cores and 16 GB.
///
/// BBB forwards every camera to every viewer, so the cost of a meeting grows with its users × its cameras. Round numbers
/// after BBB's rule of thumb, some 200 users on such a server. Only their proportions matter much: how strong each server
/// really is beside them is learnt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// A server without meetings.
    pub idle: f32,
    /// A meeting, whoever is in it.
    pub meeting: f32,
    /// A user.
    pub user: f32,
    /// A user's audio.
    pub voice: f32,
    /// A camera that comes in.
    pub camera: f32,
    /// A camera that goes out to one other user.
    pub view: f32,
}

impl Default for Work {
    fn default() -> Self {
        Self { idle: 2.0, meeting: 0.25, user: 0.1, voice: 0.1, camera: 0.2, view: 0.02 }
    }
}

/// The share of users with audio where nobody has been seen yet.
const VOICES: f32 = 0.7;

impl Work {
    /// What a meeting costs.
    pub(super) fn of(&self, users: f32, voices: f32, cameras: f32) -> f32 {
        let views = cameras * (users - 1.0).max(0.0);
        self.meeting + self.user * users + self.voice * voices + self.camera * cameras + self.view * views
    }

    /// What users cost of whose meetings nothing is known: in classes of 20 with four cameras.
    pub(super) fn of_users(&self, users: f32) -> f32 {
        users * self.of(20.0, 20.0 * VOICES, 4.0) / 20.0
    }
}

/// The share of users with audio, as seen; a few unseen ones keep it from leaping.
pub(super) fn voices(users: u32, audio: u32) -> f32 {
    ((audio as f32 + 2.0 * VOICES) / (users as f32 + 2.0)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_users_in_classes_fill_most_of_a_server_and_one_lecture_with_cameras_more() {
        let work = Work::default();
        let classes = work.of_users(200.0);
        assert!((50.0..90.0).contains(&classes), "{classes}");
        assert!(work.of(200.0, 140.0, 20.0) > classes);
        assert!(work.of(0.0, 0.0, 0.0) > 0.0);
    }
}
