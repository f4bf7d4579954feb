// The options that replay and discard share.

import ArgumentParser
import Flow
import Pipeline

struct DeadPassOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Places of letters, as dead list prints them.", valueName: "partition/offset"))
    var places: [String] = []

    @OptionGroup(title: "Filters") var filters: DeadFilterOptions

    @Flag(help: "Every letter, where no filter and no place is given.")
    var all = false

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Option(help: "How many letters, at most.")
    var max: Int?

    @Option(help: "exactly-once or at-least-once. [SLUICE_DELIVERY] (default: exactly-once)")
    var delivery: DeliveryMode?

    func validate() throws {
        if let max { try OptionRange.check(max, in: 1...1_000_000_000, option: "--max") }
    }

    /// - Throws: wrong use, for a filter that lets every letter through and nobody who said so.
    func filter(_ catalogue: Catalogue) throws -> LetterFilter {
        var filter = try filters.filter(states: nil, catalogue)
        if !places.isEmpty {
            filter.places = try Set(places.map { text throws(CommandError) in try Self.place(text) })
        }
        guard !filter.isEmpty || all else {
            throw CommandError.wrongUse(
                "no filter chooses letters, so that all would be meant",
                do: "give a filter (--connector, --store, --stage, --reason, --since …) or places; or --all")
        }
        return filter
    }

    private static func place(_ text: String) throws(CommandError) -> LetterPlace {
        if let place = LetterPlace(text) { return place }
        throw .wrongUse("“\(text)” is no place", do: "give PARTITION/OFFSET, as dead list prints it")
    }
}
