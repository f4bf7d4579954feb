// `sluice cancel`: the kill switch.

import ArgumentParser
import Flow
import Foundation
import Liquid

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract:
            "Ends the runs that a connector, store, workflow or endpoint has now, and none that come later.",
        discussion: """
            For a batch that ran away: every action of an event that was published before the moment (now, or --before) \
            ends as cancelled instead of being sent, also the ones that wait, are paused, or are steps of runs that began. \
            Requests on the wire end. Later events run as always. It can't be taken back; `sluice pause` can.

            Two kinds of runs stay, and keep back what is behind them: those in doubt (sluice in-doubt list), and those \
            that keep their key's place after a dead letter (after_dead_letter: hold), until it is replayed or discarded.

            The moment is the brokers', which stamp events, not this machine's. A name that was deleted will do: runs of \
            it may still wait. \
            JSON: {cancelled, scope, name, before_ms, clock, reason?}; clock is "machine" where brokers stamp nothing.

              sluice cancel workflow winter-campaign --reason "wrong segment"
              sluice cancel store tea-house.myshopify.com --before 2026-11-25T09:00:00Z
            """)

    @OptionGroup var target: PauseTarget

    @Option(
        help:
            "Events before this moment: 15m, 2h, 3d ago, 2026-11-24 or 2026-11-24T09:30:00Z. Now by default.")
    var before: String?

    @Option(help: "Why, for whoever looks later.")
    var reason: String?

    @Flag(help: "Also for a name that the registry neither has nor remembers.")
    var force = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let reason {
            try OptionRange.check(reason.utf8.count, in: 1...500, option: "the length of --reason")
        }
    }

    func run() async throws {
        let settings = try await common.settings()
        let localTime = { Int64(Date().timeIntervalSince1970 * 1000) }
        // A text that is no time is told of before anything is asked.
        _ = try CancelMoment(before, brokerTime: nil, localTime: localTime())
        let moment = try CancelMoment(
            before, brokerTime: try await BrokerClock.now(settings), localTime: localTime())
        let asked = Cancellation(
            scope: target.kind.scope, name: target.id, before: moment.before, reason: reason)
        let standing = try await PauseWriter(settings: settings).write(asked, isForced: force)
        try output.printer.print(
            json: .compact([
                "cancelled": true, "scope": .string(standing.scope.rawValue),
                "name": .string(standing.name), "before_ms": .integer(standing.before),
                "clock": .string(moment.isBrokerTime ? "broker" : "machine"),
                "reason": standing.reason.map { .string($0) },
            ]),
            text: Self.text(standing, isBrokerTime: moment.isBrokerTime))
    }

    private static func text(_ cancellation: Cancellation, isBrokerTime: Bool) -> String {
        "\(cancellation.scope.rawValue) \(cancellation.name): runs of events before \(cancellation.moment) "
            + "end as cancelled"
            + (isBrokerTime
                ? ""
                : "\nby this machine's clock, since the brokers told no time: is it right? (see: date -u)")
    }
}

extension Cancellation {
    /// RFC 3339, UTC.
    var moment: String { Date(timeIntervalSince1970: Double(before) / 1000).formatted(.iso8601) }
}
