// A failure that needs no more words.

/// The command has said itself what failed.
struct SilentFailure: Error {}
