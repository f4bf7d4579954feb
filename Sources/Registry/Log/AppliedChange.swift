// What became of a change.

import Flow

/// A change after the writer has read back what it wrote.
package struct AppliedChange: Hashable, Sendable, CustomStringConvertible {
    package enum Outcome: Hashable, Sendable {
        case won
        /// Another writer's record of the same version came first; its nonce.
        case lost(to: String)
        /// The entity's newest version was another one already, and nothing was written.
        case changedMeanwhile(newest: Int)
        /// The record was not written.
        case failed(String)
        /// It was held back: what it needs, as `kind/id`, was not written.
        case needLost(String)
    }

    package let change: RegistryChange
    /// The version that the change would be.
    package let version: Int
    package let outcome: Outcome

    package var isDone: Bool { outcome == .won }

    /// `workflow vip-welcome: changed meanwhile (by 9f3c…); apply again`
    package var description: String {
        let entity = "\(change.kind.rawValue) \(change.id)"
        return switch outcome {
        case .won: "\(entity): version \(version)"
        case .lost(let winner): "\(entity): changed meanwhile (by \(winner)); apply again"
        case .changedMeanwhile(let newest):
            "\(entity): changed meanwhile (version \(newest), not \(change.expectedVersion)); apply again"
        case .failed(let reason): "\(entity): not written: \(reason)"
        case .needLost(let need):
            "\(entity): held back, because \(need), which it was checked against, was not written; apply again"
        }
    }
}
