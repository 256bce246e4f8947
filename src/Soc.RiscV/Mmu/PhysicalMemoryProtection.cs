using System.Numerics;
using Soc.Memory;

namespace Soc.RiscV.Mmu;

/// <summary>Physical memory protection, 16 entries of granularity 4 bytes (privileged ISA, section 3.7).</summary>
internal sealed class PhysicalMemoryProtection
{
    /// <summary>Entries implemented.</summary>
    public const int Entries = 16;

    private const byte Lock = 0x80;
    private const ulong MachineLockdown = 1;
    private const ulong MachineAllowList = 2;
    private const ulong RuleLockingBypass = 4;
    private const ulong AddressMask = (1UL << 54) - 1;

    private readonly byte[] _configuration = new byte[Entries];
    private readonly ulong[] _address = new ulong[Entries];

    // Compiled form: byte ranges of the entries that are on, lowest entry first.
    private readonly ulong[] _first = new ulong[Entries];
    private readonly ulong[] _last = new ulong[Entries];
    private readonly byte[] _rights = new byte[Entries];
    private int _active;

    /// <summary>Changes with every write that may change an answer.</summary>
    public int Generation { get; private set; }

    /// <summary>mseccfg (Smepmp): MML, MMWP, RLB.</summary>
    public ulong SecurityConfiguration { get; private set; }

    private bool IsLockdown => (SecurityConfiguration & MachineLockdown) != 0;

    private bool MayBypassLocks => (SecurityConfiguration & RuleLockingBypass) != 0;

    /// <summary>Writes mseccfg: MML and MMWP stay once they are set, and RLB cannot be set any more when an entry is locked.</summary>
    public void WriteSecurityConfiguration(ulong value)
    {
        ulong sticky = SecurityConfiguration & (MachineLockdown | MachineAllowList);
        bool bypass = (value & RuleLockingBypass) != 0 && (MayBypassLocks || !Array.Exists(_configuration, entry => (entry & Lock) != 0));
        Generation++;
        SecurityConfiguration = sticky | (value & (MachineLockdown | MachineAllowList)) | (bypass ? RuleLockingBypass : 0);
    }

    /// <summary>Reads pmpcfg of 8 entries.</summary>
    /// <param name="first">Number of the lowest entry.</param>
    public ulong ReadConfiguration(int first)
    {
        ulong value = 0;
        for (int i = 0; i < 8; i++)
        {
            value |= (ulong)_configuration[first + i] << (8 * i);
        }

        return value;
    }

    /// <summary>Writes pmpcfg of 8 entries; locked entries keep theirs.</summary>
    public void WriteConfiguration(int first, ulong value)
    {
        for (int i = 0; i < 8; i++)
        {
            if (IsLocked(first + i))
            {
                continue;
            }

            byte written = (byte)((value >> (8 * i)) & 0x9F);
            if (IsLockdown)
            {
                // No new code for M-mode: such a rule is not taken at all.
                if (MayBypassLocks || (written & Lock) == 0 || !KindsUnderLockdown(written, PrivilegeMode.Machine).Includes(AccessKind.Fetch))
                {
                    _configuration[first + i] = written;
                }

                continue;
            }

            // R = 0 with W = 1 is reserved; the legal value is the one without W.
            _configuration[first + i] = (written & 3) == 2 ? (byte)(written & ~2) : written;
        }

        Compile();
    }

    /// <summary>Reads pmpaddr.</summary>
    public ulong ReadAddress(int entry) => _address[entry];

    /// <summary>Writes pmpaddr; ignored when the entry is locked, or when it is the base of a locked TOR entry.</summary>
    public void WriteAddress(int entry, ulong value)
    {
        bool baseOfLocked = entry + 1 < Entries && IsLocked(entry + 1) && (_configuration[entry + 1] & 0x18) == 0x08;
        if (!IsLocked(entry) && !baseOfLocked)
        {
            _address[entry] = value & AddressMask;
            Compile();
        }
    }

    /// <summary>Clears all entries, locks included.</summary>
    public void Reset()
    {
        Array.Clear(_configuration);
        Array.Clear(_address);
        SecurityConfiguration = 0;
        Compile();
    }

    /// <summary>The kinds that one access may be; the lowest entry that matches any byte decides, and must match all of them.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="mode">Effective mode.</param>
    public AccessKinds KindsOf(ulong address, ulong size, PrivilegeMode mode) => Match(address, address + (size - 1), mode, out _);

    /// <summary>The kinds that every access inside a 4 KiB page may be.</summary>
    /// <returns>False when they differ inside the page.</returns>
    public bool TryKindsOfPage(ulong address, PrivilegeMode mode, out AccessKinds kinds)
    {
        kinds = Match(address & ~0xFFFUL, address | 0xFFFUL, mode, out bool partial);
        return !partial;
    }

    private AccessKinds Match(ulong first, ulong last, PrivilegeMode mode, out bool partial)
    {
        partial = false;
        for (int i = 0; i < _active; i++)
        {
            if (first > _last[i] || last < _first[i])
            {
                continue;
            }

            if (first < _first[i] || last > _last[i])
            {
                partial = true;
                return AccessKinds.None;
            }

            return IsLockdown ? KindsUnderLockdown(_rights[i], mode)
                : mode == PrivilegeMode.Machine && (_rights[i] & Lock) == 0 ? AccessKinds.All
                : KindsOfRights(_rights[i]);
        }

        return mode != PrivilegeMode.Machine || (SecurityConfiguration & MachineAllowList) != 0 ? AccessKinds.None
            : IsLockdown ? AccessKinds.Load | AccessKinds.Store
            : AccessKinds.All;
    }

    /// <summary>The table of Smepmp (privileged ISA, chapter "Smepmp") for mseccfg.MML = 1: rules of M-mode, of the lower modes, and shared ones.</summary>
    private static AccessKinds KindsUnderLockdown(byte rights, PrivilegeMode mode)
    {
        bool machine = mode == PrivilegeMode.Machine;
        bool locked = (rights & Lock) != 0;
        return (locked, rights & 7) switch
        {
            // Reserved without Smepmp: R = 0 and W = 1.
            (false, 2) => machine ? AccessKinds.Load | AccessKinds.Store : AccessKinds.Load,
            (false, 6) => AccessKinds.Load | AccessKinds.Store,
            (true, 2) => AccessKinds.Fetch,
            (true, 6) => machine ? AccessKinds.Load | AccessKinds.Fetch : AccessKinds.Fetch,
            (true, 7) => AccessKinds.Load,
            _ => machine == locked ? KindsOfRights(rights) : AccessKinds.None,
        };
    }

    private bool IsLocked(int entry) => (_configuration[entry] & Lock) != 0 && !MayBypassLocks;

    private static AccessKinds KindsOfRights(byte rights) =>
        // pmpcfg orders R, W, X as AccessKinds orders load, store, fetch.
        (AccessKinds)(rights & 7);

    private void Compile()
    {
        Generation++;
        _active = 0;
        for (int entry = 0; entry < Entries; entry++)
        {
            ulong address = _address[entry];
            ulong first;
            ulong last;
            switch ((_configuration[entry] >> 3) & 3)
            {
                case 1: // TOR
                    ulong bottom = entry == 0 ? 0 : _address[entry - 1];
                    if (bottom >= address)
                    {
                        continue;
                    }

                    first = bottom << 2;
                    last = (address << 2) - 1;
                    break;
                case 2: // NA4
                    first = address << 2;
                    last = first + 3;
                    break;
                case 3: // NAPOT
                    ulong ones = (1UL << (BitOperations.TrailingZeroCount(~address) + 1)) - 1;
                    first = (address & ~ones) << 2;
                    last = ((address | ones) << 2) | 3;
                    break;
                default:
                    continue;
            }

            _first[_active] = first;
            _last[_active] = last;
            _rights[_active++] = _configuration[entry];
        }
    }
}
