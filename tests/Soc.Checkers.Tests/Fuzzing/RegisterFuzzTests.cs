using CsCheck;
using Soc.Checkers.Gpc;
using Soc.Checkers.Mpc;
using Soc.Checkers.Registers;
using Soc.Checkers.Tests.Gpc;
using Soc.Checkers.Tests.Iopmp;
using Soc.Checkers.Tests.Mpc;
using Soc.Checkers.Tests.Tzc400;
using Soc.Checkers.Tests.WorldGuard;
using Soc.Checkers.Tzc400;
using Soc.Checkers.WorldGuard;
using Soc.Memory;

namespace Soc.Checkers.Tests.Fuzzing;

/// <summary>
/// Any accesses of any size to all five register files and through their ports: nothing throws, read-only and reserved bits stay as
/// documented, locks hold, refused accesses change nothing, and an access without a change has no scope.
/// </summary>
public sealed class RegisterFuzzTests
{
    private static int Iterations => Environment.GetEnvironmentVariable("SOC_LONG_TESTS") == "1" ? 600 : 40;

    private static readonly Gen<ulong[]> GenSteps = Gen.ULong.Array[20, 200];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void World_guard(int slots) => GenSteps.Sample(
        steps =>
        {
            using var d = new WorldGuardBench(new WorldGuardCheckerOptions("D", 7, slots, WorldGuardConfiguration.Virt));
            Run(steps, new FuzzSubject(d.Checker, d.Space, 0x1000, WorldGuardBench.World(WorldGuardBench.M))
            {
                Locked = (image, name, index) => name.StartsWith("SLOT", StringComparison.Ordinal) && SlotLocked(d.Checker.Registers, image, index),
                Values = [0x2000_0000, 0x2000_01FF, ulong.MaxValue, 0x8000_0003, 0xF03, 1UL << 62, 3UL << 62],
                Addresses = [WorldGuardBench.P, WorldGuardBench.Dram, 0xFFFF_FFF8],
                Requester = bits => WorldGuardBench.World((int)(bits % 6)),
            });
        },
        iter: Iterations);

    [Theory]
    [InlineData("FULL sps stall scp mfr msi peis pees addrh")]
    [InlineData("FULL np=3 npprog gran=64 notor xinr")]
    [InlineData("RAPID transl=3 tprog no_w no_x")]
    [InlineData("DYN stall unsel=1 buf=1 noeid")]
    [InlineData("ISO stall")]
    [InlineData("COMPACT")]
    [InlineData("S1M2")]
    [InlineData("S2M0 rrid=20 stall")]
    [InlineData("S2M1 entries=12")]
    [InlineData("S2M2 md=40")]
    [InlineData("FULL entries=1 rrid=1 md=1")]
    public void Iopmp(string config) => GenSteps.Sample(
        steps =>
        {
            using var d = new IopmpBench(config);
            Run(steps, new FuzzSubject(d.Checker, d.Space, 0x4000, TransactionAttributes.Unspecified)
            {
                RefusedResult = AccessResult.Ok,
                Moving = ["MDSTALL", "ERR_INFO", "ERR_MFR", "ERR_REQADDR", "ERR_REQADDRH", "ERR_REQID"],
                Locked = (image, name, index) => IopmpLocked(d.Checker.Registers, image, name, index),
                Values = [0x2000_0000, 0x2000_01FF, ulong.MaxValue, 1, 0x1F, 0x8000_0001, 0x4000_0001],
                Addresses = [IopmpBench.Ram, IopmpBench.Ram + 0xFFC, 0x1000_0000],
                Requester = bits => IopmpBench.Requester((int)(bits % 10)),
            });
        },
        iter: Iterations / 2);

    [Theory]
    [InlineData(4096UL, 1UL)]
    [InlineData(4096UL, 33UL)]
    [InlineData(32UL, 256UL)]
    public void Mpc(ulong blockSize, ulong blocks) => GenSteps.Sample(
        steps =>
        {
            using var d = new MpcBench(new MpcOptions("mpc", 7, blockSize * blocks) { BlockSize = blockSize, Gating = blocks == 33 });
            Run(steps, new FuzzSubject(d.Checker, d.Space, MpcChecker.BlockSize, MpcBench.Secure())
            {
                Takes = (offset, size) => size is 1 or 2 or 4 && offset % (ulong)size == 0,
                Moving = ["INT_STAT", "INT_INFO1", "INT_INFO2", "BLK_LUT", "CTRL"],
                Locked = (image, name, _) => name is "CTRL" or "INT_EN" && (image[d.Checker.Registers.Registers[0], 0] >> 31) != 0,
                Values = [0x100, 0x110, 0x40, 0x8000_0000, uint.MaxValue, 1, 32],
                Addresses = [MpcBench.Base, MpcBench.Alias, MpcBench.Base + (blockSize * blocks) - 8],
                Requester = bits => (bits & 1) != 0 ? MpcBench.Secure() : MpcBench.NonSecure((uint)bits),
            });
        },
        iter: Iterations);

    [Theory]
    [InlineData(1, 32, Tzc400ClosedGate.RazWi)]
    [InlineData(4, 40, Tzc400ClosedGate.DecErr)]
    [InlineData(2, 64, Tzc400ClosedGate.Stall)]
    public void Tzc400(int filters, int addressBits, Tzc400ClosedGate closed) => GenSteps.Sample(
        steps =>
        {
            using var d = new Tzc400Bench(
                open: false, new Tzc400Options("tzc", 7) { Filters = filters, AddressBits = addressBits, ClosedGate = closed, ShadowAccesses = (steps[0] & 2) != 0 },
                size: 1UL << 34);
            d.Checker.ReportsAcknowledgements = (steps[0] & 4) != 0;
            Run(steps, new FuzzSubject(d.Checker, d.Spaces[0], Tzc400Checker.BlockSize, Tzc400Bench.Secure())
            {
                Takes = (offset, size) => size == 4 && offset % 4 == 0,
                Moving = ["INT_STATUS", "GATE_KEEPER", "FAIL_ADDRESS_LOW_{0}", "FAIL_ADDRESS_HIGH_{0}", "FAIL_CONTROL_{0}", "FAIL_ID_{0}"],
                Locked = (_, name, index) => name is "REGION_BASE_LOW_0" or "REGION_BASE_HIGH_0" or "REGION_TOP_LOW_0" or "REGION_TOP_HIGH_0" && index == 0,
                Values = [0x8000_0000, 0x8000_1FFF, uint.MaxValue, 0xF, 0xC000_000F, 0x0009_0009, 3],
                Addresses = [Tzc400Bench.Dram, Tzc400Bench.Dram + 0x1FF8, 0x1000_0000, (1UL << 34) - 8],
                Requester = bits => Tzc400Bench.Of((int)(bits % 17)),
            });
        },
        iter: Iterations);

    [Theory]
    [InlineData(30, true)]
    [InlineData(39, false)]
    public void Gpc(int levelZeroBits, bool extensions) => GenSteps.Sample(
        steps =>
        {
            using var d = new GpcBench(new GpcOptions("gpc", 9, 3) { LevelZeroBits = levelZeroBits, HasGpc2 = extensions, HasGdi = extensions, HasSecureEl2 = extensions }, enable: false);
            d.Checker.ReportsAcknowledgements = (steps[0] & 1) != 0;
            d.Tables.Filling = steps[0] >> 8;
            Run(steps, new FuzzSubject(d.Checker, d.Views[1], 3 * GpcChecker.PageSize, GpcBench.In(SecuritySpace.Root))
            {
                Moving = ["ROOT_CR0ACK[{0}]", "ROOT_GPF_FAR[{0}]", "ROOT_GPT_CFG_FAR[{0}]", "ROOT_TLBI_CTRL[{0}]"],
                Values = [0x3500, 3, GpcBench.LevelZero, 0x2000_0000_0008_1230, 0x1000_0000_0000_0000, 1, 0],
                Addresses = [GpcBench.Address & ~7UL, 0x1_0000_0000, 0],
                Requester = bits => GpcBench.In((SecuritySpace)(bits & 3), (SecuritySpace)(bits >> 2 & 3)),
            });
        },
        iter: Iterations);

    [Fact]
    public void Builds_without_slots_filters_blocks_or_instances_are_refused_with_a_remedy()
    {
        Action[] builds =
        [
            () => _ = new WorldGuardChecker(new WorldGuardCheckerOptions("D", 7, 0, WorldGuardConfiguration.Virt)),
            () => _ = new WorldGuardChecker(new WorldGuardCheckerOptions("D", 7, -1, WorldGuardConfiguration.Virt)),
            () => _ = new IopmpBench("FULL entries=0"),
            () => _ = new IopmpBench("FULL md=0"),
            () => _ = new IopmpBench("FULL rrid=0"),
            () => _ = new MpcChecker(new MpcOptions("mpc", 7, 0)),
            () => _ = new MpcChecker(new MpcOptions("mpc", 7, 4096) { BlockSize = 0 }),
            () => _ = new Tzc400Checker(new Tzc400Options("tzc", 7) { Filters = 0 }),
            () => _ = new Tzc400Checker(new Tzc400Options("tzc", 7) { AddressBits = 65 }),
            () => _ = new GpcChecker(new GpcOptions("gpc", 9, 0)),
            () => _ = new GpcChecker(new GpcOptions("gpc", 9, 1) { AddressBits = 39 }),
            () => _ = new GpcChecker(new GpcOptions("gpc", 9, 1) { LevelZeroBits = 31 }),
        ];
        Assert.All(builds, build => Assert.Contains("must ", Assert.Throws<CheckerConfigurationException>(build).Message, StringComparison.Ordinal));
    }

    private static void Run(ulong[] steps, FuzzSubject subject)
    {
        subject.Checker.Reset();
        var resetImage = new RegisterImage(subject.Checker.Registers);
        var changes = new Queue<long>();
        foreach (ulong step in steps)
        {
            var bits = new Random(unchecked((int)(step ^ (step >> 32))));
            switch (step & 15)
            {
                case < 9:
                    Store(subject, bits, changes);
                    break;
                case < 12:
                    ReadOne(subject, bits);
                    break;
                case 12 when changes.TryDequeue(out long change):
                    subject.Checker.ChangeAcknowledged(change);
                    ServeReleased(subject);
                    break;
                case 13 when (step & 0x1F0) == 0:
                    Reset(subject, changes, resetImage);
                    break;
                default:
                    ThroughThePort(subject, bits);
                    break;
            }
        }
    }

    private static void Store(FuzzSubject subject, Random bits, Queue<long> changes)
    {
        (ulong offset, int size) = Place(subject, bits);
        ulong value = bits.Next(3) == 0 && subject.Values.Length > 0 ? subject.Values[bits.Next(subject.Values.Length)]
            : bits.Next(3) == 0 ? 1UL << bits.Next(64)
            : (ulong)bits.NextInt64() << bits.Next(2);
        var before = new RegisterImage(subject.Checker.Registers);
        object snapshot = subject.Checker.Snapshot;
        RegisterOutcome outcome = subject.Checker.Access(
            new BusAccess(offset, size, AccessKind.Store, subject.Attributes, offset, NoInitiator.Instance), value);
        var after = new RegisterImage(subject.Checker.Registers);
        if (outcome.Change != 0)
        {
            changes.Enqueue(outcome.Change);
        }

        Assert.Equal(0UL, outcome.Value);
        Assert.True(outcome.Parts is null || outcome.Parts.Count > 1);
        if (!subject.Takes(offset, size))
        {
            Assert.Equal(new RegisterOutcome(subject.RefusedResult, 0, null), outcome);
            Assert.True(before.Equals(after));
            Assert.Same(snapshot, subject.Checker.Snapshot);
            return;
        }

        Assert.Equal(AccessResult.Ok, outcome.Result);
        foreach ((Register register, int index) in before.ChangedIn(after))
        {
            ulong changed = before[register, index] ^ after[register, index];
            Assert.False(subject.Locked(before, register.NameOf(index), index), $"{register.NameOf(index)} is locked and changed by 0x{changed:x}");
            if (!IsMoving(subject, register))
            {
                Assert.True((changed & ~WritableOf(register)) == 0, $"{register.NameOf(index)} changed read-only or reserved bits: 0x{changed:x}");
            }
        }

        CheckReserved(subject, after);
        ServeReleased(subject);
    }

    private static void ReadOne(FuzzSubject subject, Random bits)
    {
        (ulong offset, int size) = Place(subject, bits);
        object snapshot = subject.Checker.Snapshot;
        RegisterOutcome outcome = subject.Checker.Access(
            new BusAccess(offset, size, bits.Next(4) == 0 ? AccessKind.Fetch : AccessKind.Load, subject.Attributes, offset, NoInitiator.Instance), ulong.MaxValue);
        Assert.Null(outcome.Scope);
        Assert.Same(snapshot, subject.Checker.Snapshot);
        Assert.Equal(0UL, size == 8 ? 0 : outcome.Value >> (8 * size));
        if (!subject.Takes(offset, size))
        {
            Assert.Equal(new RegisterOutcome(subject.RefusedResult, 0, null), outcome);
        }
    }

    private static void ThroughThePort(FuzzSubject subject, Random bits)
    {
        ulong address = subject.Addresses[bits.Next(subject.Addresses.Length)] + ((ulong)bits.Next(8) * 8);
        TransactionAttributes attributes = subject.Requester((ulong)bits.NextInt64());
        int size = 1 << bits.Next(4);
        var kind = (AccessKind)bits.Next(3);
        AccessResult result = kind == AccessKind.Store
            ? subject.Space.Write(NoInitiator.Instance, address, size, attributes, (ulong)bits.NextInt64())
            : subject.Space.Read(NoInitiator.Instance, address, size, kind, attributes, out _);
        if (result == AccessResult.Pending)
        {
            // It waits at a closed gate or for the end of a stall, as the owner would have it wait.
            subject.Checker.Access(new BusAccess(CheckerPort.WaitingOffset + address, 4, kind, attributes, address & ~3UL, NoInitiator.Instance), 0);
        }

        CheckReserved(subject, new RegisterImage(subject.Checker.Registers));
    }

    private static void Reset(FuzzSubject subject, Queue<long> changes, RegisterImage resetImage)
    {
        Assert.Equal(InvalidationScope.Everything, subject.Checker.Reset());
        ServeReleased(subject);
        Assert.Empty(resetImage.ChangedIn(new RegisterImage(subject.Checker.Registers)));
        Assert.False(subject.Checker.InterruptLine);
        while (changes.TryDequeue(out long late))
        {
            subject.Checker.ChangeAcknowledged(late);
        }

        Assert.Empty(resetImage.ChangedIn(new RegisterImage(subject.Checker.Registers)));
    }

    private static void ServeReleased(FuzzSubject subject)
    {
        foreach (HeldAccess held in subject.Checker.TakeReleased())
        {
            subject.Checker.Access(held.Access, held.Value);
        }
    }

    /// <summary>Bits that no field declares read as zero.</summary>
    private static void CheckReserved(FuzzSubject subject, RegisterImage image)
    {
        foreach (Register register in subject.Checker.Registers.Registers)
        {
            ulong declared = register.Fields.Aggregate(0UL, (all, field) => all | field.Mask);
            for (int index = 0; index < register.Count; index++)
            {
                Assert.True((image[register, index] & ~declared) == 0, $"{register.NameOf(index)} shows reserved bits: 0x{image[register, index]:x}");
            }
        }
    }

    private static (ulong Offset, int Size) Place(FuzzSubject subject, Random bits)
    {
        int size = bits.Next(8) switch
        {
            0 => 1,
            1 => 2,
            2 or 3 => 8,
            _ => 4,
        };
        if (bits.Next(4) == 0)
        {
            return ((ulong)bits.NextInt64() % subject.BlockSize & ~((ulong)bits.Next(8) & (ulong)(size - 1)), size);
        }

        IReadOnlyList<Register> registers = subject.Checker.Registers.Registers;
        Register register = registers[bits.Next(registers.Count)];
        ulong offset = unchecked(register.Offset + ((ulong)bits.Next(register.Count) * register.Stride)) + (bits.Next(6) == 0 ? (ulong)bits.Next(8) : 0);
        return (offset, size);
    }

    private static bool IsMoving(FuzzSubject subject, Register register) =>
        subject.Moving.Contains(register.NameOf(0)) || subject.Moving.Any(name => name.EndsWith("{0}", StringComparison.Ordinal)
            ? register.NameOf(0) == name.Replace("{0}", "0", StringComparison.Ordinal)
            : name.Replace("{0}", "0", StringComparison.Ordinal) == register.NameOf(0));

    private static ulong WritableOf(Register register) =>
        register.Fields.Where(field => field.Access != RegisterAccess.ReadOnly && field.Access != RegisterAccess.WriteOnly).Aggregate(0UL, (all, field) => all | field.Mask);

    private static bool SlotLocked(RegisterMap map, RegisterImage image, int slot) =>
        map.Registers.FirstOrDefault(register => register.NameOf(slot).EndsWith(".CFG", StringComparison.Ordinal)) is { } configuration &&
        slot < configuration.Count && (image[configuration, slot] >> 31) != 0;

    private static bool IopmpLocked(RegisterMap map, RegisterImage image, string name, int index)
    {
        ulong Value(string register) => map.Registers.FirstOrDefault(each => each.NameOf(0) == register) is { } found ? image[found, 0] : 0;
        return name switch
        {
            "MDLCK" => (Value("MDLCK") & 1) != 0,
            "MDCFGLCK" => (Value("MDCFGLCK") & 1) != 0,
            "ENTRYLCK" => (Value("ENTRYLCK") & 1) != 0,
            _ when name.StartsWith("ENTRY_", StringComparison.Ordinal) => (ulong)index < Value("ENTRYLCK") >> 1,
            _ => false,
        };
    }
}
