import Testing

@testable import Liquid

@Suite struct NumberFilterTests {
    @Test(arguments: [
        Row("{{ 1 | plus: 2 }} {{ 1 | plus: 2.0 }} {{ '3' | plus: '4' }}", "3 3.0 7"),
        Row("{{ 10.1 | minus: 2.2 }} {{ 0.1 | plus: 0.2 }}", "7.9 0.3"),
        Row("{{ 1.1 | times: 1.1 }} {{ 3 | times: 'x' }}", "1.21 0"),
        Row("{{ 7 | divided_by: 2 }} {{ -7 | divided_by: 2 }} {{ 7 | divided_by: -2 }}", "3 -4 -4"),
        Row(
            "{{ 7 | divided_by: 2.0 }} {{ 20 | divided_by: 7.0 }} {{ 0.3 | divided_by: 0.1 }}",
            "3.5 2.857142857142857 3.0"),
        Row("{{ 7 | modulo: 3 }} {{ -7 | modulo: 3 }} {{ 7.5 | modulo: -2 }}", "1 2 -0.5"),
        Row(
            "{{ 4.5 | round }} {{ -4.5 | round }} {{ 183.357 | round: 2 }} {{ 15 | round: -1 }}",
            "5 -5 183.36 20"),
        Row("{{ 1.2 | ceil }} {{ 1.8 | floor }} {{ '-1.2' | floor }}", "2 1 -2"),
        Row("{{ -3 | abs }} {{ '-3.5' | abs }}", "3 3.5"),
        Row("{{ 4 | at_least: 5 }} {{ 4 | at_most: 3.5 }}", "5 3.5"),
        Row("{{ '12 apples' | plus: 1 }} {{ ' 7 ' | plus: 1 }} {{ '1.5x' | plus: 1 }}", "13 8 2"),
        Row("{{ true | plus: 1 }} {{ a | plus: 1 }}", "1 1", ["a": [1, 2]]),
    ]) func `arithmetic follows Ruby`(row: Row) {
        #expect(outcome(row.source, row.context) == row.text)
    }

    @Test(arguments: [
        Row("{{ n | plus: 1 }}", "9.223372036854776e+18", ["n": .integer(.max)]),
        Row("{{ n | minus: 1 }}", "-9.223372036854776e+18", ["n": .integer(.min)]),
        Row("{{ n | times: n }}", "8.507059173023462e+37", ["n": .integer(.max)]),
        Row(
            "{{ n | abs }} {{ n | divided_by: -1 }}", "9.223372036854776e+18 9.223372036854776e+18",
            ["n": .integer(.min)]),
        Row("{{ n | modulo: -1 }}", "0", ["n": .integer(.min)]),
        Row("{{ n | ceil }} {{ n | round: 99 }}", "1.0e+300 1.0e+300", ["n": 1e300]),
        Row("{{ 1 | round: n }}", "0", ["n": .integer(.min)]),
        Row(
            "{{ n | times: n }}",
            "line 1, column 8: the result is too large for a number; use smaller numbers", ["n": 1e300]),
        Row(
            "{{ 1 | divided_by: 0 }}",
            "line 1, column 8: divided by 0; check the divisor, or give it a `default`"),
        Row(
            "{{ 1.5 | modulo: 0.0 }}",
            "line 1, column 10: divided by 0; check the divisor, or give it a `default`"),
    ]) func `no number traps`(row: Row) {
        #expect(outcome(row.source, row.context) == row.text)
    }

    @Test(
        arguments: [
            (12.5, "12.5"), (3.0, "3.0"), (-0.0001, "-0.0001"), (0.00001, "1.0e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1.0e+16"), (-12_345_678_901_234_568, "-1.2345678901234568e+16"), (1e20, "1.0e+20"),
            (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5.0e-324"), (0.1, "0.1"),
            (.infinity, "Infinity"),
        ] as [(Double, String)]) func `decimals print as in Ruby`(decimal: Double, text: String) throws
    {
        #expect(try Template("{{ n }}").render(["n": .decimal(decimal)]) == text)
    }

    @Test func `arithmetic never crashes and agrees with doubles`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let exponent = Int.random(in: -40...40, using: &random)
            let left = Double.random(in: -1...1, using: &random) * pow10(exponent)
            let right =
                Double.random(in: -1...1, using: &random) * pow10(Int.random(in: -40...40, using: &random))
            let (a, b) = (Number.decimal(left), Number.decimal(right))
            #expect(isNear(a.plus(b).double, left + right), "\(left) + \(right)")
            #expect(
                isNear(a.minus(b).double, left - right, scale: abs(left) + abs(right)), "\(left) - \(right)")
            #expect(isNear(a.times(b).double, left * right), "\(left) * \(right)")
            #expect(isNear(try a.divided(by: b).double, left / right), "\(left) / \(right)")
            _ = try a.modulo(b)
            _ = a.rounded(digits: exponent)
        }
    }

    private func pow10(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 1 }

    private func isNear(_ value: Double, _ wanted: Double, scale: Double? = nil) -> Bool {
        abs(value - wanted) <= 1e-12 * max(abs(wanted), scale ?? 0, .leastNormalMagnitude)
    }
}
