/// What somebody decided about a run whose last attempt has an unknown outcome.
package enum Decision: String, Hashable, Sendable, CaseIterable {
    /// Send it again: the app may act a second time.
    case send
    /// Leave it: the app is taken to have acted, and the workflow goes on.
    case skip
}
