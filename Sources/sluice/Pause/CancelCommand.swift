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
            Requests on the wire end. Later events run as always. It can't be taken back; `sluice pause` can. \
            JSON: {cancelled, scope, name, before_ms, reason?}.

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

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let reason {
            try OptionRange.check(reason.utf8.count, in: 1...500, option: "the length of --reason")
        }
    }

    func run() async throws {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let moment = try before.map { text throws(CommandError) in
            try PointInTime.parse(text, now: now, option: "--before")
        }
        // What is published while the command runs is later.
        let cancellation = Cancellation(
            scope: target.kind.scope, name: target.id, before: min(moment ?? now, now), reason: reason)
        try await PauseWriter(settings: common.settings()).write(cancellation)
        try output.printer.print(
            json: .compact([
                "cancelled": true, "scope": .string(cancellation.scope.rawValue),
                "name": .string(cancellation.name), "before_ms": .integer(cancellation.before),
                "reason": reason.map { .string($0) },
            ]),
            text:
                "\(cancellation.scope.rawValue) \(cancellation.name): runs of events before \(cancellation.moment) end as cancelled"
        )
    }
}

extension Cancellation {
    /// RFC 3339, UTC.
    var moment: String { Date(timeIntervalSince1970: Double(before) / 1000).formatted(.iso8601) }
}
