// A request between its entry in the log and its answer.

/// What the log made of a request, for whoever answers it.
struct Acceptance: Sendable {
    let sequence: Int
    let kind: DeliveryEntry.Kind
    /// What it is counted under.
    let action: String
    /// Where its run is remembered; nil for a request that is no attempt of a run.
    let run: String?
    let deed: Deed
}
