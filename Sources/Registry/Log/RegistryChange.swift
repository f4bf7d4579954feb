// One change of one entity, before it is written.

import Flow
import Liquid

/// A new version of an entity, made from the version that its author saw.
package struct RegistryChange: Hashable, Sendable {
    package let kind: RegistryEntry.Kind
    package let id: String
    /// The newest version when the change was made; 0 for an entity that never was. The change is refused when
    /// somebody else has written meanwhile.
    package let expectedVersion: Int
    /// The entity's document; nil deletes it.
    package let body: JSON?
    /// Entities that it was checked against, as `kind/id`: where the same call changes one of them and fails, this change
    /// is not written.
    package let needs: Set<String>

    package init(
        kind: RegistryEntry.Kind, id: String, expectedVersion: Int, body: JSON?, needs: Set<String> = []
    ) {
        self.kind = kind
        self.id = id
        self.expectedVersion = expectedVersion
        self.body = body
        self.needs = needs
    }

    /// `kind/id`
    var entity: String { "\(kind.rawValue)/\(id)" }
}
