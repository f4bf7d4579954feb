// `--disturbances`.

import Flow
import Foundation
import Liquid
import Pipeline

/// A file of JSON lines that tells what was done to the workers, written by whoever did it.
struct DisturbanceFile {
    /// Bytes that are read, at most.
    private static let limit = 10_000_000

    let path: String

    /// - Throws: wrong use, for a file that isn't there: a mistyped name must not count as no disturbance.
    func check() throws(CommandError) {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .wrongUse(
                "there is no readable file of disturbances", at: path,
                do: "make it before, with: touch \(path)")
        }
    }

    func read() throws(CommandError) -> [Disturbance] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.limit else {
            throw .wrongUse("the disturbances can't be read, or are more than \(Self.limit) bytes", at: path)
        }
        var disturbances: [Disturbance] = []
        for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            disturbances.append(try Self.disturbance(Array(line), at: "\(path):\(index + 1)"))
        }
        return disturbances
    }

    private static func disturbance(_ line: [UInt8], at place: String) throws(CommandError) -> Disturbance {
        let value: JSON
        do throws(JSONError) {
            value = try JSONParser.parse(line)
        } catch {
            throw .wrongUse("the line is not JSON: \(error.what)", at: place)
        }
        switch Disturbance.read(value) {
        case .success(let disturbance): return disturbance
        case .failure(let fault): throw .wrongUse(fault.what, at: place)
        }
    }
}
