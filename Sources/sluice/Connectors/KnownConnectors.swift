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

    /// What somebody names in them.
    ///
    /// - Parameter find: fails with wrong use for a name that there isn't.
    /// - Throws: that failure; where no Kafka is named, it also says that users' own weren't looked at.
    static func find<Value>(
        naming ids: some Sequence<String>, _ settings: Settings,
        _ find: (Catalogue) throws(CommandError) -> Value
    ) async throws -> Value {
        let catalogue = try await catalogue(naming: ids, settings)
        do throws(CommandError) {
            return try find(catalogue)
        } catch {
            throw settings.namesKafka || ids.allSatisfy { catalogue[$0] != nil } ? error : hinting(error)
        }
    }

    private static func hinting(_ error: CommandError) -> CommandError {
        var error = error
        let hint =
            "connectors of your own are in the registry: to find them, name its Kafka with --bootstrap-servers or "
            + "KAFKA_BOOTSTRAP_SERVERS"
        error.remedy = error.remedy.map { "\($0); \(hint)" } ?? hint
        return error
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
