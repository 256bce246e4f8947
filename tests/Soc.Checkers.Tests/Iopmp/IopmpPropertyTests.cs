using CsCheck;
using Soc.Checkers.Iopmp;
using Soc.Memory;

namespace Soc.Checkers.Tests.Iopmp;

/// <summary>
/// Random instances of all nine models and random register writes: the check, the answers of the port and the scopes of the
/// writes against the naive oracle.
/// </summary>
public sealed class IopmpPropertyTests
{
    private const ulong Base = 0x8000_0000;

    private static readonly string[] Models = ["FULL", "RAPID", "DYN", "ISO", "COMPACT", "S1M2", "S2M0", "S2M1", "S2M2"];

    [Fact]
    public void Checks_answers_and_scopes_agree_with_the_oracle_after_any_writes() =>
        Gen.Select(Gen.Int[0, 8], Gen.ULong, Gen.ULong.Array[5, 40]).Sample((model, features, writes) => Run(Models[model], features, writes), iter: 60);

    private static void Run(string model, ulong features, ulong[] writes)
    {
        using var bench = new IopmpBench(ConfigOf(model, features));
        IopmpOptions options = bench.Checker.Options;
        var stalled = new bool[options.RequesterCount];
        Setup(bench, features);
        var before = new IopmpOracle(bench, stalled);
        foreach (ulong seed in writes)
        {
            InvalidationScope? scope = Write(bench, seed, stalled);
            var after = new IopmpOracle(bench, stalled);
            for (int probe = 0; probe < 24; probe++)
            {
                ulong bits = (seed * 0x9E37_79B9_7F4A_7C15) + ((ulong)probe * 0xD1B5_4A32_D192_ED03);
                bits ^= bits >> 29;
                bits *= 0xBF58_476D_1CE4_E5B9;
                int requester = (int)(bits % (ulong)(options.RequesterCount + 1));
                ulong address = Base + ((bits >> 8) % 0x40 * 0x40) + ((bits >> 16) & 3) * 4 - ((bits >> 20) & 7);
                ulong length = 1UL << (int)((bits >> 24) & 7);
                var kind = (IopmpKind)((bits >> 32) & 3);
                CheckVerdict(bench, after, requester, address, length, kind);
                if (kind != IopmpKind.AtomicUpdate)
                {
                    CheckScope(scope, before, after, requester, address, kind);
                    CheckAnswer(bench, after, requester, address, kind, bits >> 40);
                }
            }

            before = after;
        }
    }

    private static string ConfigOf(string model, ulong features)
    {
        string config = model;
        string Pick(int bit, string word) => ((features >> bit) & 1) != 0 ? $" {word}" : "";
        bool format2 = model.StartsWith("S2", StringComparison.Ordinal);
        bool format0 = model is "FULL" or "RAPID" or "DYN";
        config += Pick(0, "addrh") + Pick(1, "np=3") + Pick(2, "npprog") + Pick(3, "stall scp");
        config += format0 ? Pick(4, "sps") + Pick(5, "md=40") : "";
        config += format2 ? Pick(6, "rrid=20") : "";
        config += (features >> 8 & 7) switch
        {
            0 => " xinr",
            1 => " no_x",
            2 => " no_w",
            _ => "",
        };
        return config + ((features >> 11 & 3) switch
        {
            0 => " gran=8",
            1 => " gran=64",
            _ => "",
        });
    }

    private static void Setup(IopmpBench bench, ulong features)
    {
        for (int entry = 0; entry < bench.Checker.Options.EntryCount; entry++)
        {
            WriteEntry(bench, entry, features * (ulong)(entry + 3) * 0x9E37_79B9_7F4A_7C15);
        }

        for (ulong domain = 0; domain < 8; domain++)
        {
            bench.Set(0x800 + (4 * domain), 2 * (domain + 1));
        }

        for (ulong at = 0; at < 32 * 20; at += 4)
        {
            bench.Set(0x1000 + at, (features * (at + 7) * 0xD1B5_4A32_D192_ED03 >> 13) & ~1UL);
        }

        bench.Set(8, (features >> 13) & 1);
    }

    private static InvalidationScope? Write(IopmpBench bench, ulong seed, bool[] stalled)
    {
        ulong value = (seed >> 16) & uint.MaxValue;
        switch (seed & 15)
        {
            case < 6:
                return WriteEntry(bench, (int)((seed >> 8) % (ulong)bench.Checker.Options.EntryCount), seed * 0x9E37_79B9_7F4A_7C15);
            case 6:
                return bench.Set(0x800 + (4 * ((seed >> 8) & 7)), value & 0x1F);
            case < 11:
                return bench.Set(0x1000 + (4 * ((seed >> 8) % 160)), value & ~1UL);
            case 11:
                return bench.Set(8, 1);
            case 12:
                return bench.Set(0x10, value & 0xF);
            case 13:
                return bench.Set(0x14, value & 0x30);
            case 14:
                bench.Set(0x60, value & 0x16);
                return bench.LastScope;
            default:
                return Stall(bench, value, stalled);
        }
    }

    private static InvalidationScope? Stall(IopmpBench bench, ulong value, bool[] stalled)
    {
        if (!bench.Checker.Options.Stall)
        {
            return null;
        }

        ulong written = value % 3 == 0 ? 0 : value & 0xF;
        var oracle = new IopmpOracle(bench, stalled);
        for (int requester = 0; requester < stalled.Length; requester++)
        {
            bool holds = Enumerable.Range(0, 3).Any(domain => ((written >> (domain + 1)) & 1) != 0 && oracle.Holds(requester, domain));
            stalled[requester] = holds ^ ((written & 1) != 0);
        }

        return bench.Set(0x30, written);
    }

    private static InvalidationScope? WriteEntry(IopmpBench bench, int entry, ulong bits)
    {
        ulong word = (Base >> 2) + ((bits >> 8) % 0x40 * 0x10) + ((bits >> 20) & 3);
        int mode = (int)(bits >> 24) & 3;
        word |= mode == 3 ? (1UL << (int)((bits >> 26) % 9)) - 1 : 0;
        ulong at = 0x2000 + (16 * (ulong)entry);
        InvalidationScope? first = bench.Set(at, word);
        InvalidationScope? second = bench.Set(at + 8, ((ulong)mode << 3) | ((bits >> 40) & 7));
        return first is { } a && second is { } b
            ? new InvalidationScope(Math.Min(a.First, b.First), Math.Max(a.Last, b.Last), a.Indexes | b.Indexes, a.Kinds | b.Kinds)
            : first ?? second;
    }

    private static void CheckVerdict(IopmpBench bench, IopmpOracle oracle, int requester, ulong address, ulong length, IopmpKind kind)
    {
        (int error, int entry) = oracle.Check(requester, address, length, kind);
        IopmpVerdict verdict = bench.Checker.Current.Check(new IopmpTransaction(requester, address, length, kind));
        Assert.Equal((error, entry), (verdict.Waits ? 7 : (int)verdict.Error, verdict.Entry));
    }

    private static void CheckScope(InvalidationScope? scope, IopmpOracle before, IopmpOracle after, int requester, ulong address, IopmpKind kind)
    {
        bool Permitted(IopmpOracle oracle) => oracle.Check(requester, address, 1, kind).Error == 0;
        if (Permitted(before) != Permitted(after))
        {
            InvalidationScope covered = Assert.NotNull(scope);
            Assert.InRange(address, covered.First, covered.Last);
            Assert.NotEqual(0UL, covered.Indexes & (1UL << requester));
            Assert.True(covered.Kinds.Includes(KindOf(kind)));
        }
    }

    private static void CheckAnswer(IopmpBench bench, IopmpOracle oracle, int requester, ulong address, IopmpKind kind, ulong bits)
    {
        int index = bench.Port.IndexOf(IopmpBench.Requester(requester));
        IommuTranslation answer = bench.Port.Translate(address, KindOf(kind), index);
        Assert.Equal(address, answer.Apply(address));
        ulong length = 1UL << (int)(bits & 3);
        ulong first = (address & ~answer.Mask) + ((bits >> 2) & Math.Min(answer.Mask, 0xFFFF) & ~(length - 1));
        foreach (IopmpKind shared in new[] { IopmpKind.Read, IopmpKind.Write, IopmpKind.Fetch })
        {
            if (!answer.Permissions.Includes(KindOf(shared)) || answer.Target == bench.Port.Checked || length - 1 > answer.Mask)
            {
                continue;
            }

            int error = oracle.Check(requester, first, length, shared).Error;
            if (answer.Target == bench.Downstream)
            {
                Assert.Equal(0, error);
            }
            else if (answer.Mask > 7)
            {
                Assert.NotEqual(0, error);
            }
        }
    }

    private static AccessKind KindOf(IopmpKind kind) => kind switch
    {
        IopmpKind.Read => AccessKind.Load,
        IopmpKind.Write => AccessKind.Store,
        _ => AccessKind.Fetch,
    };
}
