// Which dead letters are wanted.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Pipeline

/// `--state`.
enum StateOption: String, ExpressibleByArgument, CaseIterable, Sendable {
    case open
    case failedAgain = "failed-again"
    case replayed, discarded
    case any

    var states: Set<LetterState> {
        LetterState(rawValue: rawValue).map { [$0] } ?? Set(LetterState.allCases)
    }
}

/// The filters that the `dead` commands share. All that are given must hold.
struct DeadFilterOptions: ParsableArguments {
    @Option(help: "Only of this connector.")
    var connector: String?

    @Option(help: ArgumentHelp("Only of this store.", valueName: "domain"))
    var store: String?

    @Option(
        help:
            "Only of this stage: trigger, action, waiting (unusable records), rejected, exhausted (failed runs)."
    )
    var stage: DeadLetter.Stage?

    @Option(help: "Only with this text in their reason, as it is or as a row of the histogram has it.")
    var reason: String?

    @Option(help: ArgumentHelp("Only of this action run.", valueName: "id"))
    var actionRun: String?

    @Option(
        help: ArgumentHelp("Only of this trigger event, and of what was sent again of it.", valueName: "id"))
    var event: String?

    @Option(help: ArgumentHelp("Only since then: 15m, 2h, 3d ago, or a date.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only until then.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "Only in this state: open, failed-again, replayed, discarded, any. May be repeated.",
            valueName: "state"))
    var state: [StateOption] = []

    /// The connectors that a filter may name.
    func catalogue(_ settings: Settings) async throws -> Catalogue {
        // Without one there are no letters, and no connectors of users' own.
        _ = try settings.kafka()
        return try await KnownConnectors.catalogue(naming: connector.map { [$0] } ?? [], settings)
    }

    /// - Parameter states: what is meant where nobody says it; nil = all.
    func filter(
        states: Set<LetterState>?, _ catalogue: Catalogue,
        now: Int64 = Int64(Date().timeIntervalSince1970 * 1000)
    ) throws -> LetterFilter {
        var filter = LetterFilter()
        if let connector { filter.connector = try catalogue.named(connector).id }
        filter.store = store
        filter.stage = stage
        filter.reason = reason
        filter.event = event
        if let actionRun {
            guard let id = RunID(actionRun) else {
                throw CommandError.wrongUse("“\(actionRun)” is no action run's id", at: "--action-run")
            }
            filter.actionRun = id
        }
        filter.since = try since.map { try PointInTime.parse($0, now: now) }
        filter.until = try until.map { try PointInTime.parse($0, now: now, option: "--until") }
        if let since = filter.since, let until = filter.until, since >= until {
            throw CommandError.wrongUse("--since is not before --until", do: "nothing could lie between them")
        }
        filter.states = state.isEmpty ? states : state.reduce(into: []) { $0.formUnion($1.states) }
        return filter
    }
}

extension DeadLetter.Stage: ExpressibleByArgument {}
