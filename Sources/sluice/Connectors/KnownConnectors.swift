// Which connectors a command knows: those that ship, and users' own.

import Connectors
import Flow
import Registry

/// Users' connectors are in the registry: reading it needs a broker, and takes its time where it is large, so it is asked
/// only where it has to be.
enum KnownConnectors {
    /// Those that ship, if all the ids are theirs or no Kafka is named; else users' own, too.
    ///
    /// - Throws: when the registry can't be read. One that isn't there yet has no connectors.
    static func catalogue(naming ids: some Sequence<String>, _ settings: Settings) async throws -> Catalogue {
        let builtIn = try Catalogue.builtIn()
        guard settings.namesKafka, !ids.allSatisfy({ builtIn[$0] != nil }) else { return builtIn }
        return try await directory(settings).catalogue
    }

    /// For a command that works on Kafka: all of them.
    ///
    /// - Throws: as above.
    static func directory(_ settings: Settings) async throws -> Directory {
        do {
            return try await RegistryAccess.directory(settings)
        } catch RegistryError.topicMissing {
            return Directory(builtIn: try Catalogue.builtIn())
        }
    }
}
