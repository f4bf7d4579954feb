/// What somebody decided about a run that waits for it: one whose last attempt has an unknown outcome, or that keeps its
/// key's place after its dead letter.
package enum Decision: String, Hashable, Sendable, CaseIterable {
    /// In doubt: send it again; the app may act a second time.
    case send
    /// In doubt: leave it; the app is taken to have acted, and the workflow goes on.
    case skip
    /// After a dead letter: it is over, and its key goes on.
    case release

    /// Whether a request goes out.
    package var sends: Bool { self == .send }
}
