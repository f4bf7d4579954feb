// How a call of a vendor's public API is logged, counted and named in scripts.

import Connectors

extension DocumentedCall {
    /// Whether it only reads: a look for what was done, or any other GET that does nothing.
    var isLookUp: Bool { missing != nil || (method == "GET" && !acts) }

    /// The action's where one action alone makes this call, and else `call:<name>`: a request doesn't say for which action
    /// it is made. Look-ups are always named by their call, so that a rule for an action isn't used up by a look before it.
    var handle: String { !isLookUp && actions.count == 1 ? actions[0] : "call:\(name)" }

    /// What a rule may name it by.
    var names: [String] { [handle, "call:\(name)"] }
}
